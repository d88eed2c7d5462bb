"""What is checked before a form is published: everything a citizen would otherwise find out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from xiangtong.dialect.check import check
from xiangtong.dialect.vocabulary import Facts, Finding
from xiangtong.forms.contract_fit import fit
from xiangtong.forms.library import Form
from xiangtong.validation.validate import decide

#: Samples must hold on one fixed day; later days only make people older.
SAMPLE_DAY = date(2026, 3, 10)


def check_form(form: Form, samples: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Give everything that stands against publishing a form."""
    findings = list(check(form.schema, form.vocabulary))
    if findings:
        return findings
    return [*_idle_parameters(form), *fit(form), *_samples(form, samples)]


def _idle_parameters(form: Form) -> Iterator[Finding]:
    """A township that sets a parameter which nothing reads would believe that it had changed something."""
    read = json.dumps({key: part for key, part in form.schema.items() if key != "x-params"})
    for name in form.schema.get("x-params", {}):
        if f'"{name}"' not in read and f"{{param:{name}}}" not in read:
            yield Finding(
                f"/x-params/{name}",
                f"参数 {name} 哪里都没有用到，改了也不会有变化",
                f"Nothing reads the parameter {name}",
            )


def _samples(form: Form, samples: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    if not samples:
        yield Finding("", "还没有样例，请至少准备一份填好的样例", "There is no sample")
    for name, answers in samples.items():
        decision = decide(form.plan, answers, Facts(SAMPLE_DAY))
        for problem in decision.problems:
            yield Finding(problem.pointer, f"样例 {name}：{problem.summary}", f"sample {name}: {problem.message_en}")
        lost = set(answers) - set(decision.stored)
        if lost:
            yield Finding("", f"样例 {name} 里的 {'、'.join(sorted(lost))} 不会被保存", f"sample {name}: not stored")
