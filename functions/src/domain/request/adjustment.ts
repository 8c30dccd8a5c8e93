/** One change that the catalogue forces on a request; every one is told to the caller. */
export interface Adjustment {
  readonly field: string;
  readonly asked: string;
  readonly given: string;
  readonly reason: string;
}
