import { Text, VisuallyHidden } from '@mantine/core';
import { type ReactNode, type Ref, useEffect, useRef } from 'react';
import { useTexts } from '../../texts/language.tsx';
import { partTexts } from '../texts.ts';
import classes from './phone-preview.module.css';

/** A message as a phone shows it. */
export interface Bubble {
  id: string;
  /** Whose phone it is: `theirs` is what the person writes. */
  from: 'us' | 'them';
  body: string;
  /** Addresses of pictures and files. */
  media?: readonly string[];
  /** Under the bubble: its time, what became of it. */
  note?: ReactNode;
  /** Whether it has not gone, or never will: drawn with an edge alone. */
  unsent?: boolean;
}

/**
 * Messages as the recipient sees them, in the shape of a phone. The builder, the inbox, the drill editor and the virtual
 * phones all use it, so that a text looks the same wherever somebody writes it.
 */
export function PhonePreview({
  sender,
  bubbles,
  label,
  empty,
  followsEnd = false,
  children,
}: {
  /** The number that it comes from. */
  sender: string;
  bubbles: readonly Bubble[];
  /** What it is called, where there are several; left out: the message as it is received. */
  label?: string;
  /** Where there is no message yet. */
  empty?: ReactNode;
  /** Whether the newest is in sight, as on a phone that is in use. */
  followsEnd?: boolean;
  /** Below the messages: what somebody writes with. */
  children?: ReactNode;
}) {
  const say = useTexts(partTexts);
  const list = useRef<HTMLOListElement>(null);
  const newest = bubbles.at(-1)?.id;
  useEffect(() => {
    if (followsEnd && newest !== undefined) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [followsEnd, newest]);
  return (
    <section className={classes.phone} aria-label={label ?? say('messagePreview')}>
      <header className={classes.head}>
        <Text size="xs" c="dimmed">
          {say('from', { number: sender })}
        </Text>
      </header>
      {bubbles.length === 0 && empty !== undefined ? (
        <Text size="sm" c="dimmed" className={classes.empty}>
          {empty}
        </Text>
      ) : (
        <Bubbles bubbles={bubbles} ref={list} />
      )}
      {children && <footer className={classes.foot}>{children}</footer>}
    </section>
  );
}

/** Something between messages that nobody said: a day that begins, what somebody did. */
export interface Aside {
  id: string;
  aside: ReactNode;
}

/** The messages alone, for threads that are no phone. */
export function Bubbles({
  bubbles,
  label,
  ref,
  seenBy = 'them',
}: {
  bubbles: readonly (Bubble | Aside)[];
  /** Left out: that it is the message as it is received. */
  label?: string;
  /** What scrolls. */
  ref?: Ref<HTMLOListElement>;
  /** Who looks at it: what they said themselves stands at the right. */
  seenBy?: 'us' | 'them';
}) {
  const say = useTexts(partTexts);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <ol ref={ref} className={classes.thread} tabIndex={0} aria-label={label ?? say('messagePreview')}>
      {bubbles.map((each) =>
        'aside' in each ? (
          <li key={each.id} className={classes.aside}>
            {each.aside}
          </li>
        ) : (
          <Turn key={each.id} {...each} isOwn={each.from === seenBy} />
        ),
      )}
    </ol>
  );
}

function Turn({ body, from, isOwn, media = [], note, unsent = false }: Bubble & { isOwn: boolean }) {
  const say = useTexts(partTexts);
  return (
    <li className={classes.turn} data-from={from} data-own={isOwn || undefined}>
      <VisuallyHidden>{say(from === 'us' ? 'weWrote' : 'theyWrote')}</VisuallyHidden>
      <div className={classes.bubble} data-unsent={unsent || undefined}>
        {media.map((address) => (
          <img key={address} src={address} alt={say('picture')} className={classes.media} loading="lazy" />
        ))}
        {body}
      </div>
      {note && (
        <Text size="xs" c="dimmed" component="div" className={classes.note}>
          {note}
        </Text>
      )}
    </li>
  );
}
