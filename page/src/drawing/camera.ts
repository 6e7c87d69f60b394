/** Which part of the picture is seen: it moves by transforming one element, and draws nothing. */

import type { Area } from './growing';
import type { Place } from './layout';

const LEAST = 0.04;
const MOST = 3;

export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  private settling = 0;

  constructor(
    private readonly frame: HTMLElement,
    private readonly sheet: HTMLElement,
    private readonly moved: (camera: Camera) => void,
  ) {}

  get width(): number {
    return this.frame.clientWidth;
  }

  get height(): number {
    return this.frame.clientHeight;
  }

  /** The part of the picture that is seen. */
  get sight(): Area {
    const [left, top] = [-this.x / this.scale, -this.y / this.scale];
    return {
      left, top, right: left + this.width / this.scale, bottom: top + this.height / this.scale,
    };
  }

  /** Show all of a picture; a large one only as far as its text can be read, around `centre`. */
  fit(width: number, height: number, centre: Place | null = null): void {
    const scale = Math.min(this.width / width, this.height / height, 1);
    const isLarge = centre !== null && scale < 0.4;
    this.scale = isLarge ? 0.75 : Math.max(scale, LEAST);
    const at = isLarge ? centre : { x: width / 2, y: height / 2 };
    this.x = this.within(this.width / 2 - at.x * this.scale, this.width, width);
    this.y = this.within(this.height / 2 - at.y * this.scale, this.height, height);
    this.apply();
  }

  /** No room is left empty beside a picture that is larger than the frame. */
  private within(from: number, room: number, size: number): number {
    const rest = room - size * this.scale;
    return rest > 0 ? rest / 2 : Math.min(0, Math.max(rest, from));
  }

  centre(on: Place, scale = this.scale): void {
    this.scale = scale;
    this.x = this.width / 2 - on.x * scale;
    this.y = this.height / 2 - on.y * scale;
    this.apply();
  }

  move(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.apply();
  }

  /** Zoom, while a point of the frame stays where it is. */
  zoom(factor: number, at: Place = { x: this.width / 2, y: this.height / 2 }): void {
    const scale = Math.min(MOST, Math.max(LEAST, this.scale * factor));
    this.x = at.x - ((at.x - this.x) * scale) / this.scale;
    this.y = at.y - ((at.y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.apply();
  }

  /** Move just as far that a box is in sight. */
  reveal(place: Place, width: number, height: number, margin = 24): void {
    const left = this.x + place.x * this.scale - margin;
    const top = this.y + place.y * this.scale - margin;
    const right = left + width * this.scale + 2 * margin;
    const bottom = top + height * this.scale + 2 * margin;
    const dx = left < 0 ? -left : Math.min(0, this.width - right);
    const dy = top < 0 ? -top : Math.min(0, this.height - bottom);
    if (dx || dy) this.move(dx, dy);
  }

  private apply(): void {
    // While it moves the picture is one layer, which the graphics hardware shifts; when it rests it
    // is drawn anew, sharp at its scale.
    this.sheet.style.willChange = 'transform';
    window.clearTimeout(this.settling);
    this.settling = window.setTimeout(() => (this.sheet.style.willChange = ''), 200);
    this.sheet.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.moved(this);
  }
}
