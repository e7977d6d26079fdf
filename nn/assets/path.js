// An SVG path, in whole px, for an arrow that points right.

const ROUND = 12; // px, of corners

export class Path {
  constructor(x, y) {
    [this.x, this.y] = [Math.round(x), Math.round(y)];
    this.d = `M${this.x} ${this.y}`;
  }

  level(to) {
    const x = Math.round(to);
    if (x <= this.x) return;
    this.d += `H${x}`;
    this.x = x;
  }

  curve(toX, toY) {
    const [x, y] = [Math.round(toX), Math.round(toY)];
    const middle = Math.round((this.x + x) / 2);
    this.d += `C${middle} ${this.y} ${middle} ${y} ${x} ${y}`;
    [this.x, this.y] = [x, y];
  }

  /** To the right, down to a level, back to the left, and to where the path goes on, with round corners. */
  turn({ right, level, left }, toY) {
    const corners = [
      [right, this.y],
      [right, level],
      [left, level],
      [left, toY],
    ].map((at) => at.map(Math.round));
    for (const [i, [x, y]] of corners.entries()) {
      const [u, v] = corners[i + 1] ?? [x + ROUND, y];
      const [from, to] = [toward(x, y, this.x, this.y), toward(x, y, u, v)];
      this.d += `L${from.join(" ")}Q${x} ${y} ${to.join(" ")}`;
      [this.x, this.y] = to;
    }
  }

  /** The whole path, whose last piece is a curve as the player asks for. */
  upTo(toX) {
    const x = Math.round(toX);
    const { y } = this;
    return x === this.x ? this.d : `${this.d}C${this.x} ${y} ${x} ${y} ${x} ${y}`;
  }
}

/** A point on the way from a corner: where it begins to be round. */
function toward(x, y, u, v) {
  const length = Math.abs(u - x) + Math.abs(v - y);
  const share = Math.min(ROUND, length / 2) / (length || 1);
  return [Math.round(x + share * (u - x)), Math.round(y + share * (v - y))];
}
