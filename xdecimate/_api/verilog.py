"""Verilog as text."""

from enum import StrEnum
from functools import partial

from common.errors import UserError
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import CoreConfig
from hw.generate import cluster_verilog, component_verilog, core_verilog, unit_verilog
from hw.module_names import check_module_name, module_name, renamed
from hw.units.decimate.coprocessor import DecimateCoprocessor
from hw.units.decimate.record import DECIMATE
from xdecimate._api.configuration import cluster_config, core_config


class Top(StrEnum):
    """The modules that can be generated."""

    UNIT = "unit"
    CORE = "core"
    CLUSTER = "cluster"


#: Interfaces of the XDecimate unit beside its own.
PROTOCOLS = {"cv-x-if": DecimateCoprocessor}


def verilog(
    config: str | CoreConfig | None = None,
    *,
    top: str = "core",
    cluster: int | str | ClusterConfig | None = None,
    mtvec_reset: int | None = None,
    rvfi: bool = False,
    name: str | None = None,
    protocol: str | None = None,
) -> str:
    """Verilog of the core, of a cluster, or of the XDecimate unit; the same arguments give the same bytes.

    The names of all modules begin with that of the top, so that several designs can stand in one.

    Parameters
    ----------
    config : str or CoreConfig, optional
        Configuration of the core, as for ``core_config``; ``xdecimate`` by default. The unit is the same in
        every one.
    top : str
        ``core``, ``cluster`` or ``unit``.
    cluster : int, str or ClusterConfig, optional
        With ``top="cluster"`` its configuration, as for ``cluster_config``; ``standard`` by default.
    mtvec_reset : int, optional
        Address that a trap jumps to before the program has written mtvec; 0 by default.
    rvfi : bool
        With ``top="core"`` the retirement trace (RVFI) as ports.
    name : str, optional
        Name of the top module; by default that of the configuration: ``baseline_core``, ``baseline_cluster``,
        ``baseline_wide_cluster`` for clusters that are not ``standard``, ``xdecimate_unit`` and
        ``xdecimate_cv_x_if``.
    protocol : str, optional
        With ``top="unit"`` the interface of the unit: ``cv-x-if``, version 1.0.0; its own by default.

    Raises
    ------
    UserError
        When there is no such configuration, an argument is not for this module, or the name is not an
        identifier.

    Examples
    --------
    >>> import xdecimate as xd
    >>> "module xdecimate_unit" in xd.verilog(top="unit")
    True
    """
    chosen = {
        "cluster": cluster,
        "mtvec_reset": mtvec_reset,
        "rvfi": rvfi,
        "name": name,
        "protocol": protocol,
    }
    return named_verilog(config, top=top, **chosen)[1]


def named_verilog(
    config: str | CoreConfig | None,
    *,
    top: str,
    cluster: int | str | ClusterConfig | None,
    mtvec_reset: int | None,
    rvfi: bool,
    name: str | None,
    protocol: str | None,
) -> tuple[str, str]:
    """Name of the top module and Verilog, of the arguments of ``verilog``."""
    if top not in list(Top):
        raise UserError(f"top must be one of {', '.join(Top)}, not {top!r}")
    if rvfi and top != Top.CORE:
        raise UserError(f"rvfi is a port of the core, not of {top}; leave it out, or generate the core")
    if protocol is not None and protocol not in PROTOCOLS:
        raise UserError(f"protocol must be {', '.join(PROTOCOLS)}, not {protocol!r}")
    if protocol is not None and top != Top.UNIT:
        raise UserError(f"protocol is that of the unit, not of {top}; leave it out, or generate the unit")
    if cluster is not None and top != Top.CLUSTER:
        raise UserError(f"a number of cores belongs to a cluster, not to {top}; leave it out")
    if mtvec_reset and top == Top.UNIT:
        raise UserError(f"mtvec_reset sets a register of the core, not of {top}; leave it out")
    core = None if config is None and mtvec_reset is None else core_config(config or "xdecimate", mtvec_reset)
    if protocol is not None:
        module = default = f"xdecimate_{protocol.replace('-', '_')}"
        generate = partial(component_verilog, PROTOCOLS[protocol](), module)
    elif top == Top.UNIT:
        module, default = DECIMATE.module, DECIMATE.module
        generate = partial(unit_verilog, DECIMATE)
    elif top == Top.CLUSTER:
        chosen = cluster_config(STANDARD.name if cluster is None else cluster, core)
        figures = [] if chosen.name == STANDARD.name else [chosen.name]
        module, default = top, module_name(chosen.core.name, *figures, top)
        generate = partial(cluster_verilog, chosen)
    else:
        core = core or core_config()
        module, default = top, module_name(core.name, top)
        generate = partial(core_verilog, core, rvfi=rvfi)
    name = default if name is None else name
    check_module_name(name)
    return name, renamed(generate(), module, name)
