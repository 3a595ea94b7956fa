import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

interface VirtualListProps<T> {
  readonly items: readonly T[];
  readonly rowHeight: number;
  readonly label: string;
  readonly keyOf: (item: T) => string | number;
  readonly children: (item: T, index: number) => ReactNode;
  /** Scrolled to when it changes. */
  readonly current?: number;
}

const BEYOND = 6;

/** However many there are, only the rows in sight are in the page. It scrolls with the page itself. */
export function VirtualList<T>({ items, rowHeight, label, keyOf, children, current }: VirtualListProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  const [[from, to], setRange] = useState<readonly [number, number]>([0, 40]);
  useLayoutEffect(() => {
    const look = () => {
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / rowHeight) - BEYOND);
      const last = Math.ceil((window.innerHeight - top) / rowHeight) + BEYOND;
      setRange(([a, b]) => (a === first && b === last ? [a, b] : [first, last]));
    };
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [rowHeight, items.length]);
  useLayoutEffect(() => {
    if (current === undefined || !list.current) return;
    const y = list.current.getBoundingClientRect().top + current * rowHeight;
    if (y < 120) window.scrollBy(0, y - 120);
    else if (y + rowHeight > window.innerHeight - 20) window.scrollBy(0, y + rowHeight - window.innerHeight + 20);
  }, [current, rowHeight]);
  return (
    <ul ref={list} aria-label={label} style={{ position: 'relative', height: items.length * rowHeight }}>
      {items.slice(from, to).map((item, i) => (
        <li
          key={keyOf(item)}
          aria-setsize={items.length}
          aria-posinset={from + i + 1}
          style={{ position: 'absolute', insetInline: 0, top: (from + i) * rowHeight, height: rowHeight }}
        >
          {children(item, from + i)}
        </li>
      ))}
    </ul>
  );
}
