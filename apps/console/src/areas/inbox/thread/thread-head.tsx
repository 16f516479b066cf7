import {
  ActionIcon,
  Button,
  Group,
  Menu,
  Modal,
  Stack,
  Text,
  TextInput,
  Title,
  Tooltip,
} from '@mantine/core';
import {
  IconArrowLeft,
  IconCheck,
  IconClockPause,
  IconDots,
  IconInfoCircle,
  IconMail,
  IconRotate,
  IconShieldX,
  IconUserCheck,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useShortcuts } from '../../../app/keys.ts';
import { useMay, useMe } from '../../../app/me.ts';
import { Action } from '../../../parts/action.tsx';
import { Status } from '../../../parts/status.tsx';
import { exactly, zoneHere } from '../../../parts/time.ts';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { conversationState } from '../../../words/conversations.ts';
import { messageChannel } from '../../../words/messages.ts';
import { OptOutDialog } from '../opt-out-dialog.tsx';
import { shownNumber } from '../shown-number.ts';
import { snoozeTimes } from '../snooze-times.ts';
import { inboxTexts } from '../texts.ts';
import { useDecide } from '../use-decide.ts';
import { LocalTime } from './local-time.tsx';
import classes from './thread.module.css';
import type { Seen } from './thread.tsx';
import { useOutlook } from './use-outlook.ts';

/** With whom it is, what time they have, who looks after it, and what can be done about it. */
export function ThreadHead({
  conversation,
  seen,
  showAbout,
}: {
  conversation: Conversation;
  seen: Seen;
  showAbout: () => void;
}) {
  const say = useTexts(inboxTexts);
  const { channel, contact, id, phoneNumber, snoozedUntil, state } = conversation;
  const me = useMe().name;
  const may = useMay('operator');
  const decide = useDecide(conversation);
  const { data: outlook } = useOutlook(id);
  const [optsOut, setOptsOut] = useState(false);
  const isClosed = state === 'closed';
  /** Up to where they had seen it when they closed it while another decision was on its way: it is closed after that one. */
  const [closesNext, setClosesNext] = useState<Seen>(null);
  const { isBusy } = decide;
  const close = (): void => {
    if (!may || isClosed || seen === null) return;
    if (isBusy) setClosesNext(seen);
    else decide.close(seen);
  };
  useEffect(() => {
    if (closesNext === null || isBusy) return;
    setClosesNext(null);
    if (!isClosed) decide.close(closesNext);
  });
  useShortcuts([
    { key: 'a', says: say('keyAssign'), does: () => may && decide.assign(me) },
    { key: 'e', says: say('keyClose'), does: close },
    { key: 'u', says: say('keyUnread'), does: () => may && !isClosed && decide.unread() },
  ]);
  return (
    <header className={classes.head}>
      <Link to="/inbox" search={(before) => before} className={classes.back} aria-label={say('back')}>
        <IconArrowLeft size={20} aria-hidden />
      </Link>
      <div className={classes.headWho}>
        <Group gap="xs" wrap="nowrap">
          <Title order={2} className={classes.name}>
            {contact?.name ?? shownNumber(phoneNumber)}
          </Title>
          <Status words={conversationState} of={state} />
        </Group>
        <Group gap="0 12px">
          {contact?.name && (
            <Text span size="sm" c="dimmed">
              {shownNumber(phoneNumber)}
            </Text>
          )}
          {channel === 'whatsapp' && <Status words={messageChannel} of={channel} plain />}
          {outlook && <LocalTime outlook={outlook} />}
          {snoozedUntil !== null && <Until at={snoozedUntil} />}
        </Group>
      </div>
      <Group gap="xs" wrap="nowrap" className={classes.headActions}>
        <Assignee conversation={conversation} />
        {isClosed ? (
          <Action
            needs="operator"
            variant="default"
            leftSection={<IconRotate size={16} aria-hidden />}
            does={decide.open}
            loading={decide.isBusy}
          >
            {say('reopen')}
          </Action>
        ) : (
          <Action
            needs="operator"
            leftSection={<IconCheck size={16} aria-hidden />}
            whyNot={seen === null ? say('notSeenYet') : undefined}
            does={close}
            loading={decide.isBusy}
          >
            {say('close')}
          </Action>
        )}
        <More conversation={conversation} optOut={() => setOptsOut(true)} decide={decide} mayDecide={may} />
        <Tooltip label={say('showAbout')}>
          <ActionIcon className={classes.aboutButton} aria-label={say('showAbout')} onClick={showAbout}>
            <IconInfoCircle size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      {optsOut && <OptOutDialog conversation={conversation} close={() => setOptsOut(false)} />}
    </header>
  );
}

function Until({ at }: { at: string }) {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const now = useNow(false);
  return (
    <Text span size="sm" c="dimmed">
      {say('snoozedUntil', { time: exactly(at, { language, now, zone: zoneHere() }) })}
    </Text>
  );
}

/** Who looks after it: me, a colleague who has others, anybody by name, or nobody. */
function Assignee({ conversation }: { conversation: Conversation }) {
  const say = useTexts(inboxTexts);
  const me = useMe().name;
  const decide = useDecide(conversation);
  const [asks, setAsks] = useState(false);
  const { data } = useQuery(one('/v1/conversation-counts', {}));
  const { assignee } = conversation;
  const may = useMay('operator');
  const others = (data?.assignees ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== me && name !== assignee);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconUserCheck size={16} aria-hidden />}
            className={classes.assignee}
            aria-label={assignee === null ? say('assign') : say('assignedTo', { who: assignee })}
          >
            <span className={classes.assigneeName}>{assignee ?? say('assign')}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {assignee !== me && (
            <Menu.Item disabled={!may} onClick={() => decide.assign(me)}>
              {say('assignMe')}
            </Menu.Item>
          )}
          {others.map((name) => (
            <Menu.Item key={name} disabled={!may} onClick={() => decide.assign(name)}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Item disabled={!may} onClick={() => setAsks(true)}>
            {say('assignOther')}
          </Menu.Item>
          {assignee !== null && (
            <>
              <Menu.Divider />
              <Menu.Item disabled={!may} onClick={() => decide.assign(null)}>
                {say('assignNobody')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {asks && (
        <AssignDialog
          close={() => setAsks(false)}
          assign={(name) => {
            decide.assign(name);
            setAsks(false);
          }}
        />
      )}
    </>
  );
}

function AssignDialog({ assign, close }: { assign: (name: string) => void; close: () => void }) {
  const say = useTexts(inboxTexts);
  const [name, setName] = useState('');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') assign(name.trim());
  };
  return (
    <Modal
      opened
      onClose={close}
      title={say('assignOther')}
      centered
      closeButtonProps={{ 'aria-label': say('cancel') }}
    >
      <form onSubmit={send}>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            label={say('colleague')}
            description={say('colleagueHint')}
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {say('cancel')}
            </Button>
            <Button type="submit" disabled={name.trim() === ''}>
              {say('assign')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function More({
  conversation: { state },
  decide,
  mayDecide,
  optOut,
}: {
  conversation: Conversation;
  decide: ReturnType<typeof useDecide>;
  mayDecide: boolean;
  optOut: () => void;
}) {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const now = useNow(false);
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon aria-label={say('more')}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say('snooze')}</Menu.Label>
        {snoozeTimes(new Date(now)).map(({ name, until }) => (
          <Menu.Item
            key={name}
            disabled={!mayDecide}
            leftSection={<IconClockPause size={16} aria-hidden />}
            onClick={() => decide.snooze(until)}
          >
            {say(`snooze_${name}`)}
            <Text span size="xs" c="dimmed">
              {' '}
              {new Intl.DateTimeFormat(language, {
                weekday: 'short',
                hour: '2-digit',
                minute: '2-digit',
                hourCycle: 'h23',
              }).format(until)}
            </Text>
          </Menu.Item>
        ))}
        {state === 'snoozed' && (
          <Menu.Item
            disabled={!mayDecide}
            leftSection={<IconRotate size={16} aria-hidden />}
            onClick={decide.open}
          >
            {say('reopen')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          disabled={!mayDecide || state === 'closed'}
          leftSection={<IconMail size={16} aria-hidden />}
          onClick={decide.unread}
        >
          {say('markUnread')}
        </Menu.Item>
        <Menu.Item
          disabled={!mayDecide}
          color="red"
          leftSection={<IconShieldX size={16} aria-hidden />}
          onClick={optOut}
        >
          {say('optOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
