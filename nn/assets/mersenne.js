// Python's random.Random(seed): the Mersenne Twister MT19937 (Matsumoto & Nishimura 1998), so that a seed means the
// same weights, the same noise and the same batches in Python and in a page.

const [N, M] = [624, 397]; // words of the state, and how far apart those are that are mixed

export class Mersenne {
  /** `seed`: a whole number ≥ 0. */
  constructor(seed) {
    this.state = new Uint32Array(N);
    this.next = N;
    this.spare = null; // gauss makes two numbers at a time
    this.seedByWords(digitsOf(seed));
  }

  seedByWords(words) {
    const s = this.state;
    s[0] = 19650218;
    for (let i = 1; i < N; i += 1) s[i] = Math.imul(s[i - 1] ^ (s[i - 1] >>> 30), 1812433253) + i;
    let [i, j] = [1, 0];
    const advance = () => {
      i += 1;
      if (i < N) return;
      s[0] = s[N - 1];
      i = 1;
    };
    for (let k = Math.max(N, words.length); k > 0; k -= 1) {
      s[i] = (s[i] ^ Math.imul(s[i - 1] ^ (s[i - 1] >>> 30), 1664525)) + words[j] + j;
      j = (j + 1) % words.length;
      advance();
    }
    for (let k = N - 1; k > 0; k -= 1) {
      s[i] = (s[i] ^ Math.imul(s[i - 1] ^ (s[i - 1] >>> 30), 1566083941)) - i;
      advance();
    }
    s[0] = 0x80000000;
  }

  /** The next 32 random bits. */
  word() {
    if (this.next === N) this.twist();
    let y = this.state[this.next];
    this.next += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  twist() {
    const s = this.state;
    for (let k = 0; k < N; k += 1) {
      const y = (s[k] & 0x80000000) | (s[(k + 1) % N] & 0x7fffffff);
      s[k] = s[(k + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }

  /** A number in [0, 1), of 53 random bits. */
  random() {
    const [high, low] = [this.word() >>> 5, this.word() >>> 6];
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** U[a, b]. */
  uniform(a, b) {
    return a + (b - a) * this.random();
  }

  /** N(μ, σ²), by Box and Muller. */
  gauss(mu, sigma) {
    let z = this.spare;
    this.spare = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.spare = Math.sin(angle) * radius;
    }
    return mu + z * sigma;
  }

  /** A whole number from 0 to n − 1: as many bits as n has, drawn until they fit. */
  below(n) {
    const bits = 32 - Math.clz32(n);
    let r = n;
    while (r >= n) r = this.word() >>> (32 - bits);
    return r;
  }

  /** Shuffles a list in place. */
  shuffle(list) {
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
  }
}

/** A whole number in words of 32 bits, the lowest first. */
function digitsOf(seed) {
  const high = Math.floor(seed / 4294967296);
  return high ? [seed >>> 0, high] : [seed >>> 0];
}
