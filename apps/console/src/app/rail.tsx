import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useLiveState } from '../api/live/live.tsx';
import { Tip } from '../parts/tip.tsx';
import { useTexts } from '../texts/language.tsx';
import { AccountMenu } from './account-menu.tsx';
import { areas } from './areas.ts';
import { useEnvironment } from './me.ts';
import classes from './shell.module.css';
import { shellTexts } from './texts.ts';
import { useWaitingReplies } from './waiting-replies.ts';

/** The areas at the left: signs with words, or signs alone. */
export function Rail({
  isNarrow,
  setNarrow,
  showHelp,
}: {
  isNarrow: boolean;
  setNarrow: (narrow: boolean) => void;
  showHelp: () => void;
}) {
  const say = useTexts(shellTexts);
  const waiting = useWaitingReplies();
  const environment = useEnvironment();
  const shown = areas.filter(({ name }) => name !== 'phones' || environment?.isLocal);
  return (
    <div className={`${classes.rail} ${isNarrow ? classes.narrow : ''}`}>
      <div className={classes.brand}>
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={24} height={24} />
        {!isNarrow && say('product')}
      </div>
      <ul className={classes.list}>
        {shown.map(({ icon: Icon, name, path }) => (
          <li key={name}>
            <Tip label={say(name)} position="right" disabled={!isNarrow}>
              <Link
                to={path}
                className={classes.item}
                activeOptions={{ exact: path === '/' }}
                aria-label={isNarrow ? say(name) : undefined}
              >
                <Icon size={18} stroke={1.75} aria-hidden />
                {!isNarrow && <span className={classes.label}>{say(name)}</span>}
                {name === 'inbox' && waiting !== null && waiting.count > 0 && (
                  <span
                    className={classes.badge}
                    role="img"
                    aria-label={say('waitingReplies', { count: waiting.count })}
                  >
                    {waiting.isAll ? waiting.count : `${waiting.count}+`}
                  </span>
                )}
              </Link>
            </Tip>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <LiveSign isNarrow={isNarrow} />
        <AccountMenu isNarrow={isNarrow} showHelp={showHelp} />
        <UnstyledButton
          visibleFrom="sm"
          className={classes.item}
          aria-label={say(isNarrow ? 'wide' : 'narrow')}
          onClick={() => setNarrow(!isNarrow)}
        >
          {isNarrow ? (
            <IconLayoutSidebarLeftExpand size={18} stroke={1.75} aria-hidden />
          ) : (
            <IconLayoutSidebarLeftCollapse size={18} stroke={1.75} aria-hidden />
          )}
          {!isNarrow && <span className={classes.label}>{say('narrow')}</span>}
        </UnstyledButton>
      </div>
    </div>
  );
}

function LiveSign({ isNarrow }: { isNarrow: boolean }) {
  const say = useTexts(shellTexts);
  const state = useLiveState();
  return (
    <Tip label={say(state === 'away' ? 'awayHint' : 'liveHint')} position="right">
      <div className={classes.live} data-state={state} role="status">
        <span className={classes.liveDot} aria-hidden />
        {isNarrow ? <VisuallyHidden>{say(state)}</VisuallyHidden> : say(state)}
      </div>
    </Tip>
  );
}
