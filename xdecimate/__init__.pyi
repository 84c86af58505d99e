from ._api.area import AreaReport as AreaReport
from ._api.area import area as area
from ._api.area import unit_area as unit_area
from ._api.configuration import ClusterConfig as ClusterConfig
from ._api.configuration import CoreConfig as CoreConfig
from ._api.configuration import cluster_config as cluster_config
from ._api.configuration import core_config as core_config
from ._api.errors import SimulationError as SimulationError
from ._api.errors import UserError as UserError
from ._api.layer import Conv as Conv
from ._api.layer import Linear as Linear
from ._api.layer import Requantization as Requantization
from ._api.model import save_model as save_model
from ._api.network import CompiledNetwork as CompiledNetwork
from ._api.network import Inference as Inference
from ._api.network import compile as compile
from ._api.program import ProgramResult as ProgramResult
from ._api.program import Region as Region
from ._api.program import run_elf as run_elf
from ._api.run import Result as Result
from ._api.run import run as run
from ._api.verilog import verilog as verilog
from ._api.weights import Packed as Packed
from ._api.weights import pack as pack
from ._api.weights import prune as prune
from ._api.weights import unpack as unpack

__all__: list[str]
