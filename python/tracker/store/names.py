"""Random names for runs: adjective-animal-123."""

from __future__ import annotations

import os

_ADJECTIVES = (
    "able amber ample apt azure balmy bold brave breezy bright brisk calm candid careful cheerful "
    "civil clear clever cosmic cozy crisp curious daring dapper deft earnest eager easy electric "
    "fair famous fancy fearless fleet fluent fond frank fresh gentle gifted glad golden graceful "
    "grand happy hardy honest humble ideal jolly jovial keen kind lively loyal lucid lucky lunar "
    "mellow merry mighty mindful modest neat nimble noble orderly patient placid plucky polite "
    "proud quick quiet radiant rapid ready robust rustic serene sharp silent silver sincere sleek "
    "smart snug solar spry steady sturdy sunny swift tidy trusty upbeat valiant vivid warm wise "
    "witty zesty"
)

_ANIMALS = (
    "alpaca ant antelope badger bat bear beaver bee bison boar buffalo camel caribou cat cheetah "
    "cicada cod condor coyote crab crane cricket crow deer dingo dolphin donkey dove duck eagle "
    "eel egret elk falcon ferret finch fox frog gazelle gecko gibbon goat goose grouse gull hare "
    "hawk hedgehog heron horse ibex ibis impala jackal jaguar kite kiwi koala lark lemur leopard "
    "llama lobster lynx magpie manatee marlin marten mole moose moth newt ocelot octopus orca "
    "oriole osprey otter owl panda panther parrot pelican penguin perch pigeon pike plover puffin "
    "puma quail rabbit raccoon raven robin salmon seal shrew skunk sloth sparrow squid starling "
    "stork swan tapir tern tiger toad trout turtle vole walrus wasp weasel whale wolf wombat wren "
    "yak zebra"
)

ADJECTIVES = tuple(_ADJECTIVES.split())
ANIMALS = tuple(_ANIMALS.split())


def random_name() -> str:
    """Return a name nobody chose. It leaves the seeds of `random` alone: results depend on them."""
    draw = int.from_bytes(os.urandom(8))
    draw, adjective = divmod(draw, len(ADJECTIVES))
    draw, animal = divmod(draw, len(ANIMALS))
    return f"{ADJECTIVES[adjective]}-{ANIMALS[animal]}-{draw % 1000}"
