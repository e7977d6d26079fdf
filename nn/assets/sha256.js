// SHA-256 (FIPS 180-4), for the checksum of a saved network: where a page is opened from a file or in a frame, the
// browser's own is not always there.

const ROOTS = firstDigits(64, 3); // of the cube roots of the first primes
const START = firstDigits(8, 2);

/** The first 32 bits behind the point of the roots of the first n primes. */
function firstDigits(n, degree) {
  const primes = [];
  for (let k = 2; primes.length < n; k += 1) if (primes.every((p) => k % p)) primes.push(k);
  return primes.map((p) => (((degree === 2 ? Math.sqrt(p) : Math.cbrt(p)) % 1) * 4294967296) | 0);
}

/** The digest of bytes, in hexadecimal digits. */
export function sha256(bytes) {
  const length = bytes.length;
  const padded = new Uint8Array((((length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 536870912));
  view.setUint32(padded.length - 4, (length << 3) >>> 0);
  let hash = START;
  for (let at = 0; at < padded.length; at += 64) hash = compress(hash, view, at);
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function compress(hash, view, at) {
  const w = new Int32Array(64);
  for (let t = 0; t < 16; t += 1) w[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t += 1) {
    const [x, y] = [w[t - 15], w[t - 2]];
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let t = 0; t < 64; t += 1) {
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROOTS[t] + w[t]) | 0;
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, k) => (word + hash[k]) | 0);
}

function turn(word, bits) {
  return (word >>> bits) | (word << (32 - bits));
}
