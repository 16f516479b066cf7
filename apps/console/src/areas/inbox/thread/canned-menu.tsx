import { ActionIcon, Button, Popover, Stack, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconMessage2Bolt, IconSettings } from '@tabler/icons-react';
import { useState } from 'react';
import { many } from '../../../api/queries.ts';
import { useRows } from '../../../parts/table/use-rows.ts';
import { useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import { CannedDialog } from './canned-dialog.tsx';
import classes from './thread.module.css';

/** Texts that are used again and again: to be taken, and to be looked after. `text`: what is written now. */
export function CannedMenu({ text, use }: { text: string; use: (body: string) => void }) {
  const say = useTexts(inboxTexts);
  const [isOpen, setOpen] = useState(false);
  const [isEdited, setEdited] = useState(false);
  const [q, setQ] = useState('');
  const { rows } = useRows(many('/v1/canned-replies', { query: {} }));
  const sought = q.trim().toLocaleLowerCase();
  const found = rows.filter(({ body, name }) => `${name} ${body}`.toLocaleLowerCase().includes(sought));
  return (
    <>
      <Popover position="top-end" trapFocus returnFocus opened={isOpen} onChange={setOpen} width={320}>
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconMessage2Bolt size={16} aria-hidden />}
            onClick={() => setOpen(!isOpen)}
          >
            {say('canned')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={say('canned')} p="xs">
          <Stack gap="xs">
            <TextInput
              data-autofocus
              aria-label={say('cannedSearch')}
              placeholder={say('cannedSearch')}
              value={q}
              onChange={(event) => setQ(event.currentTarget.value)}
              rightSection={
                <Tooltip label={say('cannedManage')}>
                  <ActionIcon
                    size="sm"
                    aria-label={say('cannedManage')}
                    onClick={() => {
                      setOpen(false);
                      setEdited(true);
                    }}
                  >
                    <IconSettings size={14} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              }
            />
            {found.length === 0 && (
              <Text size="sm" c="dimmed">
                {say(rows.length === 0 ? 'cannedNone' : 'cannedNotFound')}
              </Text>
            )}
            <div className={classes.cannedList}>
              {found.map(({ body, id, name }) => (
                <UnstyledButton
                  key={id}
                  className={classes.cannedItem}
                  onClick={() => {
                    use(body);
                    setOpen(false);
                    setQ('');
                  }}
                >
                  <Text size="sm" fw={500}>
                    {name}
                  </Text>
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    {body}
                  </Text>
                </UnstyledButton>
              ))}
            </div>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {isEdited && <CannedDialog close={() => setEdited(false)} written={text} />}
    </>
  );
}
