"""All of the bad input at all addresses; `make test` tries a third of it at each."""

from __future__ import annotations

import pytest

from bad_input import faults_of_posts, faults_of_queries
from world import a_world
from xiangtong.kernel.embedded import Cluster
from xiangtong.tenancy.keys import KeyRing


@pytest.mark.timeout(900)
def test_whatever_comes_is_answered_with_a_sentence(
    cluster: Cluster, keys: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with a_world(cluster, keys, tmp_path_factory.mktemp("world")) as world:
        assert faults_of_posts(world) == []
        assert faults_of_queries(world) == []
