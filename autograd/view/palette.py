"""The colours, once: for paper and for dark screens, text at least 4.5 : 1 against what it stands on.

Colour is never the only sign: kinds differ in their border too, signs in their glyph.
"""

from __future__ import annotations

__all__ = ["DARK", "LIGHT"]

LIGHT = {
    "paper": "#ffffff", "text": "#1b1f24", "quiet": "#59636e", "plus": "#0b57a4", "minus": "#a03c00", "plain": "#59636e",
    "chip": "#3d4650", "symbol": "#ffffff", "frame": "#f6f8fa", "frame_line": "#8c959f",
    "input": "#dff3e4", "input_line": "#1a6e37", "parameter": "#efe6fb", "parameter_line": "#6b3fa0",
    "constant": "#eef0f2", "constant_line": "#59636e", "result": "#ffffff", "result_line": "#3d4650",
    "folded": "#fdf3cf", "folded_line": "#7a5c00",
}  # fmt: skip

DARK = {
    "paper": "#0f1318", "text": "#e8edf2", "quiet": "#a3adb8", "plus": "#7db9ff", "minus": "#ffae66", "plain": "#a3adb8",
    "chip": "#c3ccd6", "symbol": "#10151a", "frame": "#151b22", "frame_line": "#6b7681",
    "input": "#12351f", "input_line": "#58c27a", "parameter": "#2d1f47", "parameter_line": "#b794f4",
    "constant": "#262b31", "constant_line": "#98a2ad", "result": "#1b2129", "result_line": "#9aa5b1",
    "folded": "#3a3008", "folded_line": "#e0b83c",
}  # fmt: skip
