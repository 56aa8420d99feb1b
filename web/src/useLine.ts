/** The line that this page calls, once it is known. */
import { useEffect, useState } from 'react';
import { fetchLine, type Line } from './call/line';

export function useLine(base: string, name: string | undefined): Line | undefined {
  const [line, setLine] = useState<Line>();
  useEffect(() => {
    let wanted = true;
    void fetchLine(base, name).then((found) => {
      if (wanted) setLine(found);
    });
    return () => {
      wanted = false;
    };
  }, [base, name]);
  return line;
}
