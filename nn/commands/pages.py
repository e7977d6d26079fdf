"""``chalkgrad neuron`` and ``chalkgrad play``: a neuron, and a network, to play with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.commands import add_open, show
from nn.commands.samples import add_samples, columns_of, say_columns
from nn.neuron_panel import PRESETS, panel
from nn.playground import SETS, playground

if TYPE_CHECKING:
    import argparse

    from autograd.view.page import Page

__all__ = ["neuron", "play"]


class _Neuron:
    help = "a single neuron to play with, as a page for the browser: AND, OR, or XOR, which it cannot do"
    example = "neuron xor --open"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "name", nargs="?", choices=PRESETS, default="and", help="where to start (default: %(default)s)"
        )
        parser.add_argument("-o", "--output", default="neuron.html", help="page to write (default: %(default)s)")
        add_open(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        return _save_page(panel(arguments.name), arguments)


class _Play:
    help = "a network that trains in a page for the browser: choose samples, layers, activations, and press play"
    example = "play spiral --open"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_samples(parser, SETS, default="moons")
        parser.add_argument("-o", "--output", default="playground.html", help="page to write (default: %(default)s)")
        add_open(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        page = playground(data=arguments.data, **columns_of(arguments))
        say_columns(page.data["sets"].get("yours", {}).get("notes", ()))
        return _save_page(page, arguments)


def _save_page(page: Page, arguments: argparse.Namespace) -> int:
    page.save(arguments.output)
    print(f"wrote {arguments.output}: a page for the browser")
    if arguments.open:
        show(arguments.output)
    return 0


neuron = _Neuron()
play = _Play()
