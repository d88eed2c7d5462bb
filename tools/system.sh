#!/usr/bin/env bash
# What comes from the system and not from wheels. Root gets it through apt; others are told what to install.
#   system.sh print   what printing needs: text layout, and fonts with rare characters. Without it forms print from the
#                     browser, so this never fails.
#   system.sh tests   the same, and a browser. Without it the tests cannot run.
#   system.sh prove   a virus scanner, started by its proof alone. Without it `make prove` says what it did not prove.
set -euo pipefail
for_what=${1:-tests}
missing=()
fonts=$(fc-list 2>/dev/null || true)
libraries=$(PATH=$PATH:/sbin ldconfig -p 2>/dev/null || true)
command -v fc-list >/dev/null || missing+=(fontconfig)
[[ $fonts == *NotoSerifCJK-Regular* ]] || missing+=(fonts-noto-cjk)
[[ $fonts == *BabelStoneHan* ]] || missing+=(fonts-babelstone-han)
[[ $fonts == *HanaMinB* ]] || missing+=(fonts-hanazono)
[[ $libraries == *libpango-1.0.so.0* ]] || missing+=(libpango-1.0-0)
[[ $libraries == *libpangoft2-1.0.so.0* ]] || missing+=(libpangoft2-1.0-0)
[[ $libraries == *libharfbuzz-subset.so.0* ]] || missing+=(libharfbuzz-subset0)
if [ "$for_what" = tests ]; then
  command -v chromium >/dev/null || missing+=(chromium)
fi
if [ "$for_what" = prove ]; then
  missing=()
  [ -x /usr/sbin/clamd ] || missing+=(clamav-daemon)
fi
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "安装 ${missing[*]}……"
  if [ "$for_what" = prove ] && [ ! -e /usr/sbin/policy-rc.d ]; then
    # Nothing is started: neither a scanner of the system's own nor the download of its database.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" fontconfig >/dev/null; then
    exit 0
  fi
fi
if [ "$for_what" = tests ]; then
  echo "测试需要 ${missing[*]}，请先安装（Debian: sudo apt-get install ${missing[*]}）" >&2
  exit 1
fi
if [ "$for_what" = prove ]; then
  echo "缺 ${missing[*]}：查毒那一部分这次不证（Debian: sudo apt-get install ${missing[*]}）"
  exit 0
fi
echo "缺 ${missing[*]}：申请表改由浏览器打印。要直接生成 PDF，请安装（Debian: sudo apt-get install ${missing[*]}）"
