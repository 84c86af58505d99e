"""The C text of a layer's plan."""

from collections.abc import Mapping

import jinja2

from sw_kernels.cluster.cut import Plan
from sw_kernels.layer import Layer

_PLAN = jinja2.Template(
    """\
{% for type, symbol in functions.values() %}
{{ type }} {{ symbol }};
{% endfor %}
{% if tiles %}
static const struct {{ operator }}_tile {{ tile_table }}[] {{ section }}= {
{% for tile in tiles %}
    {{ tile }},
{% endfor %}
};
{% endif %}
static const struct {{ plan }} {{ name }} {{ section }}= {
    .layer = {
{% for member, place in places.items() %}
        .{{ member }} = (void *)({{ place }}),
{% endfor %}
{% for member, value in scalars.items() %}
        .{{ member }} = {{ value }},
{% endfor %}
    },
{% for member, (type, symbol) in functions.items() %}
    .{{ member }} = {{ symbol }},
{% endfor %}
{% for member, value in members.items() %}
    .{{ member }} = {{ value }},
{% endfor %}
};
""",
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


def initializer(layer: Layer, plan: Plan, name: str, places: Mapping[str, str], section: str = "") -> str:
    """Definition of a layer's plan, and declarations of the functions that it points to.

    Parameters
    ----------
    layer, plan : Layer, Plan
    name : str
        C name of the plan.
    places : mapping of str to str
        C expressions of the operands outside L1, and of ``output``, by the members of the layer's struct.
    section : str
        Attribute that places the plan and its table of tiles in L1. Without one they are in L2, and the plan
        points to the buffer in L1 that the table is to be copied to.
    """
    walk = layer.kernel.walk
    return _PLAN.render(
        operator=layer.kernel.operator,
        plan=layer.kernel.plan,
        name=name,
        section=f"{section} " if section else "",
        places=places,
        functions=walk.functions(layer),
        tiles=walk.tile_table(layer, plan),
        tile_table=plan.symbol("tiles" if section else "const_tiles"),
        scalars=walk.scalars(layer, plan),
        members=walk.members(layer, plan),
    )
