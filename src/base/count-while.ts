/** How many places from 0 on `holds` is true of, where it is true of none behind the first of which it is not. */
export function countWhile(length: number, holds: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the ascending numbers are at most `most`. */
export function countUpTo(numbers: ArrayLike<number>, most: number): number {
  return countWhile(numbers.length, (place) => (numbers[place] as number) <= most);
}
