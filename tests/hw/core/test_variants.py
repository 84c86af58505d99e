"""Units in configurations that have no name of their own: random programs on core and model."""

import pytest

from hw.config import CONFIGS, CoreConfig, config_named
from hw.units.registry import VARIANTS
from tests.cosim import check_random_programs

NAMED = [unit for config in CONFIGS.values() for unit in config.units]
UNNAMED = [config_named(f"xdecimate+{unit.extension}") for unit in VARIANTS if unit not in NAMED]
#: An xdecq takes the multiplier of XCVmac's scaled products, with or without these.
WITHOUT_MAC = config_named("xdecmac-xcvmac")


@pytest.mark.long
@pytest.mark.parametrize("config", [*UNNAMED, WITHOUT_MAC], ids=lambda config: config.name)
def test_random_programs_run_alike_on_core_and_model(config: CoreConfig):
    check_random_programs(config, 3)
