/** The same list again with what has not changed in it, so that nothing of that is drawn anew. */

export function kept<T extends { id: string }>(before: T[], after: T[]): T[] {
  const known = new Map(before.map((each) => [each.id, each]));
  return after.map((each) => {
    const old = known.get(each.id);
    return old !== undefined && isSame(old, each) ? old : each;
  });
}

/** Plain data only: as deep as it goes. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const [ours, theirs] = [Object.entries(one), other as Record<string, unknown>];
  return ours.length === Object.keys(other).length && ours.every(([name, value]) => isSame(value, theirs[name]));
}
