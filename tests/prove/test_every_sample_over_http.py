"""Every sample of every form is filed without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from citizen_desk import Desk
from filed_over_http import every_form_offered, file_a_sample
from sample_answers import SAMPLES
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing


@pytest.fixture(scope="module")
def desk(cluster: Cluster, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with every_form_offered(cluster, keys, tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.mark.parametrize(("code", "name"), SAMPLES)
def test_a_sample_is_filed_and_kept(code: str, name: str, desk: Desk) -> None:
    file_a_sample(code, name, desk)
