#!/usr/bin/env bash
# What the tests need of the system: Chromium and a CJK font. Root gets them through apt; others are told what to install.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "安装 ${missing[*]}……"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" fontconfig >/dev/null
else
  echo "浏览器测试需要 ${missing[*]}，请先安装（Debian: sudo apt-get install ${missing[*]}）" >&2
  exit 1
fi
