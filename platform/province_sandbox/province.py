"""All parts of one little province, put together."""

from dataclasses import dataclass

from province_sandbox import services
from province_sandbox.callbacks import Outbox
from province_sandbox.clock import Clock
from province_sandbox.faults import FaultBook
from province_sandbox.gate import Gate
from province_sandbox.identity import Provider
from province_sandbox.materials import Materials
from province_sandbox.settings import Settings
from province_sandbox.store import Store
from province_sandbox.tally import Tally


@dataclass(frozen=True)
class Province:
    """What every address works with."""

    settings: Settings
    clock: Clock
    store: Store
    tally: Tally
    gate: Gate
    materials: Materials
    faults: FaultBook
    outbox: Outbox
    provider: Provider

    def close(self) -> None:
        """Close the files."""
        self.store.close()
        self.tally.close()


def open_province(settings: Settings, clock: Clock | None = None) -> Province:
    """Open (or lay out) a province in `settings.data`."""
    clock = clock or Clock()
    store = Store(settings.data / "province.sqlite", synchronous=settings.synchronous)
    services.seed(store, clock.calendar())
    return Province(
        settings=settings,
        clock=clock,
        store=store,
        tally=Tally(settings.data / "tally.sqlite"),
        gate=Gate(settings, clock),
        materials=Materials(store, settings.data / "materials", limit=settings.material_bytes),
        faults=FaultBook(),
        outbox=Outbox(store, settings.callbacks, clock),
        provider=Provider(settings, clock),
    )
