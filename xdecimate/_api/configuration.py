"""Cores and clusters as a caller names them."""

import re
from dataclasses import replace

from common.errors import UserError
from hw.cluster.config import STANDARD, ClusterConfig, cluster_named
from hw.config import XDECIMATE, CoreConfig, config_named

__all__ = ["ClusterConfig", "CoreConfig", "cluster_config", "core_config"]


def core_config(config: str | CoreConfig = XDECIMATE.name, mtvec_reset: int | None = None) -> CoreConfig:
    """Configuration of a core by its name.

    Parameters
    ----------
    config : str or CoreConfig
        ``rv32im``, ``baseline`` (with the CORE-V extensions), ``xdecimate``, ``xdecmac`` or ``xdecmac8``, or
        one of them with more extensions: ``rv32im+xdecimate``. A configuration is taken as it is.
    mtvec_reset : int, optional
        Address that a trap jumps to before the program has written mtvec; by default that of the
        configuration, which is 0 for a name.

    Raises
    ------
    UserError
        When there is no such configuration or extension, or mtvec cannot hold the address.

    Examples
    --------
    >>> import xdecimate as xd
    >>> xd.core_config("rv32im+xdecimate")
    CoreConfig(name='rv32im+xdecimate', isa='rv32i+system+zicsr+zifencei+m+xdecimate')
    """
    if not isinstance(config, str | CoreConfig):
        raise UserError(f"a configuration must be a name, such as baseline, or a CoreConfig, not {config!r}")
    try:
        found = config if isinstance(config, CoreConfig) else config_named(config)
        return found if mtvec_reset is None else replace(found, mtvec_reset=mtvec_reset)
    except ValueError as error:
        raise UserError(str(error)) from error


def cluster_config(cluster: int | str | ClusterConfig, core: CoreConfig | None = None) -> ClusterConfig:
    """Configuration of a cluster by its name.

    Parameters
    ----------
    cluster : int, str or ClusterConfig
        ``small``, ``standard`` or ``wide``, or one of them with other figures: ``standard,cores=4,banks=32``.
        A number is that of the cores of a standard cluster. A configuration is taken as it is.
    core : CoreConfig, optional
        Configuration of every core, ``xdecimate`` by default; that of a ``ClusterConfig`` is its own.

    Raises
    ------
    UserError
        When there is no such cluster or figure, a figure is out of range, or a ``ClusterConfig`` has other
        cores than ``core``.

    Examples
    --------
    >>> import xdecimate as xd
    >>> xd.cluster_config("standard,cores=4").cores
    4
    """
    if isinstance(cluster, ClusterConfig):
        if core is not None and core != cluster.core:
            raise UserError(
                f"the cluster's own cores are {cluster.core.name}, not {core.name}; "
                "leave config out, or give a ClusterConfig with that core"
            )
        return cluster
    if not isinstance(cluster, int | str):
        raise UserError(
            f"a cluster must be a name, such as small, a number of cores or a ClusterConfig, not {cluster!r}"
        )
    try:
        found = STANDARD.with_(cores=cluster) if isinstance(cluster, int) else cluster_named(cluster)
    except ValueError as error:
        raise UserError(str(error)) from error
    return found if core is None else replace(found, core=core)


def byte_size(name: str, size: int | str | None) -> int | None:
    """Bytes of a memory, given as a number or as text such as ``96k`` or ``1M``.

    Raises ``UserError`` for anything else.
    """
    if size is None or isinstance(size, int):
        return size
    match = re.fullmatch(r"(\d+)([kM]?)", size) if isinstance(size, str) else None
    if not match:
        raise UserError(f"{name} must be a number of bytes such as 98304, 96k or 1M, not {size!r}")
    return int(match[1]) << {"": 0, "k": 10, "M": 20}[match[2]]
