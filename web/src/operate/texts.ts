/** Every word of the operators' frame, *Now* and *Calls*. */

export const texts = {
  title: 'Operators',
  skip: 'Skip to the page',
  pages: { now: 'Now', calls: 'Calls', call: 'A call', missing: 'Nothing here' },
  navigation: 'Pages',
};
