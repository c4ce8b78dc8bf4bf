/**
 * The quantile of the symmetric Beta(a, a) distribution: the x below which a share `p` lies.
 * By bisection on the regularised incomplete beta function (Numerical Recipes, section 6.4).
 */
export function symmetricBetaQuantile(p: number, a: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  if (p === 0.5) return 0.5;
  // The upper half by symmetry, so that both halves are equally exact.
  if (p > 0.5) return 1 - symmetricBetaQuantile(1 - p, a);
  let [low, high] = [0, 0.5];
  for (let i = 0; i < 200 && high - low > 1e-16; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// I_x(a, a) for x ≤ 1/2.
function incompleteBeta(x: number, a: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(logGamma(2 * a) - 2 * logGamma(a) + a * Math.log(x * (1 - x)));
  return (front * continuedFraction(x, a)) / a;
}

// Lentz's method.
function continuedFraction(x: number, a: number): number {
  const tiny = 1e-300;
  const clamp = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / clamp(1 - (2 * a * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (a - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / clamp(1 + even * d);
    c = clamp(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (2 * a + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / clamp(1 + odd * d);
    c = clamp(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return result;
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const t = z - 1 + 7.5;
  const sum = LANCZOS.reduce((total, c, i) => (i === 0 ? c : total + c / (z - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(t) - t + Math.log(sum);
}
