/** How a drawing stands in its canvas. */
export interface Pose {
  /** Its side as a share of the canvas's shorter side. */
  readonly scale: number;
  readonly mirrored: boolean;
  /** Off the middle, as shares of the room that the shorter side leaves: −1 to 1. */
  readonly dx: number;
  readonly dy: number;
}

/** The square of latent cells that a drawing fills. */
export interface Box {
  readonly side: number;
  readonly x: number;
  readonly y: number;
}

/** In the middle, large. */
export const FRONT: Pose = { scale: 0.8, mirrored: false, dx: 0, dy: 0 };

/** All poses of what a prompt names. */
export const POSES: readonly Pose[] = [
  FRONT,
  { scale: 0.8, mirrored: true, dx: 0, dy: 0 },
  { scale: 0.66, mirrored: false, dx: -0.5, dy: 0.4 },
  { scale: 0.66, mirrored: true, dx: 0.5, dy: 0.2 },
];

/** Where a pose puts its drawing on a canvas of cells. */
export function placeBox({ scale, dx, dy }: Pose, width: number, height: number): Box {
  const shorter = Math.min(width, height);
  const side = Math.max(1, Math.round(scale * shorter));
  const room = (shorter - side) / 2;
  const at = (length: number, shift: number) =>
    Math.min(length - side, Math.max(0, Math.round((length - side) / 2 + shift * room)));
  return { side, x: at(width, dx), y: at(height, dy) };
}
