"""A recipe with everything that can stand in one, and names that no writer may fall for."""

from provgraph.model.recipes import (
    CONFIGURATION,
    Recipe,
    RecipeArgument,
    RecipeFile,
    RecipeGap,
    RecipeStep,
)

HOSTILE = "a'b\"c`touch pwned`$(touch pwned)${x}\\;touch pwned\n#"
RAW = RecipeFile(f"file:/r/{HOSTILE}", "raw", None, f"/r/{HOSTILE}")
KNOWN = RecipeFile("file:/r/k", "k", None, "/r/k", "0" * 64)
MADE = RecipeFile("product:1", "sub/m.h5", 1, "/data/m.h5")
END = RecipeFile("product:2", "m.h5", 2, "/data/m.h5")


def recipe(raw: RecipeFile = RAW, program: str = "tool") -> Recipe:
    first = RecipeStep(
        number=1,
        name="01-tool",
        run=HOSTILE,
        tool=HOSTILE,
        version="1.0",
        time="2027-01-01T00:00:00.000Z",
        command=(program,),
        arguments=(
            RecipeArgument("--config"),
            RecipeArgument(file=CONFIGURATION),
            RecipeArgument("--in=", raw),
            RecipeArgument(HOSTILE),
            RecipeArgument(""),
            RecipeArgument("-o"),
            RecipeArgument(file=MADE),
        ),
        configuration={"Tool": {"x": HOSTILE, "END": 1}},
        parameters={},
        software=1,
        inputs=(raw,),
        outputs=(MADE,),
    )
    second = RecipeStep(
        number=2,
        name="02-other",
        run="run-2",
        tool="other",
        version=None,
        time=None,
        command=(program,),
        arguments=(RecipeArgument("in place"), RecipeArgument(file=END)),
        configuration=None,
        parameters={"n": 1},
        software=None,
        inputs=(MADE,),
        outputs=(END,),
        changed=((MADE, END),),
    )
    return Recipe(
        target="product:2",
        product=END,
        steps=(first, second),
        inputs=(raw,),
        gaps=(RecipeGap("gone", "x"), RecipeGap("gone", "y"), RecipeGap(HOSTILE)),
        software=({"python": "3.11.7", "numpy": "2.0", HOSTILE: "1"},),
    )
