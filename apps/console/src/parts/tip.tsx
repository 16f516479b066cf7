import {
  cloneElement,
  type FocusEvent,
  type KeyboardEvent,
  lazy,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  Suspense,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';

const TipBox = lazy(async () => ({ default: (await import('./tip-box.tsx')).TipBox }));

/** How long the pointer rests before something is said, in ms. */
const REST_MS = 300;

interface Told {
  ref?: Ref<HTMLElement>;
  onMouseEnter?: (event: MouseEvent) => void;
  onMouseLeave?: (event: MouseEvent) => void;
  onFocus?: (event: FocusEvent) => void;
  onBlur?: (event: FocusEvent) => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  'aria-describedby'?: string | undefined;
}

/**
 * Says something about what it is around, one element, where the pointer rests on it or the keyboard comes to it; Escape puts it
 * away. What draws it is fetched when there is first something to say: it is a twelfth of the first screen's script.
 */
export function Tip({
  children,
  disabled = false,
  label,
  position = 'top',
}: {
  label: ReactNode;
  disabled?: boolean;
  position?: 'top' | 'right';
  children: ReactElement;
}) {
  const id = useId();
  const [at, setAt] = useState<HTMLElement | null>(null);
  const [isShown, setShown] = useState(false);
  const rests = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hide = (): void => {
    clearTimeout(rests.current);
    setShown(false);
  };
  useEffect(() => () => clearTimeout(rests.current), []);
  const child = children as ReactElement<Told>;
  const { onBlur, onFocus, onKeyDown, onMouseEnter, onMouseLeave } = child.props;
  const isOpen = isShown && !disabled;
  return (
    <>
      {cloneElement(child, {
        ref: setAt,
        'aria-describedby': isOpen ? id : child.props['aria-describedby'],
        onMouseEnter: (event) => {
          onMouseEnter?.(event);
          rests.current = setTimeout(() => setShown(true), REST_MS);
        },
        onMouseLeave: (event) => {
          onMouseLeave?.(event);
          hide();
        },
        onFocus: (event) => {
          onFocus?.(event);
          // Not where somebody has clicked.
          if (event.currentTarget.matches(':focus-visible')) setShown(true);
        },
        onBlur: (event) => {
          onBlur?.(event);
          hide();
        },
        onKeyDown: (event) => {
          onKeyDown?.(event);
          if (event.key === 'Escape') hide();
        },
      })}
      {isOpen && at !== null && (
        <Suspense>
          <TipBox id={id} at={at} label={label} position={position} />
        </Suspense>
      )}
    </>
  );
}
