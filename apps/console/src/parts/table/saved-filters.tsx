import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconBookmark, IconX } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTexts } from '../../texts/language.tsx';
import { partTexts } from '../texts.ts';
import { useKept } from './kept.ts';

/** Filters of a list under names that somebody gave, kept in this browser. Filters are what the address has of them. */
export function SavedFilters<Filters extends object>({
  id,
  filters,
  use,
}: {
  /** Of the table. */
  id: string;
  filters: Filters;
  use: (filters: Filters) => void;
}) {
  const say = useTexts(partTexts);
  const [saved, keep] = useKept<{ name: string; filters: Filters }[]>(`filters.${id}`, []);
  const [name, setName] = useState('');
  const [isOpen, setOpen] = useState(false);
  const save = (event: FormEvent): void => {
    event.preventDefault();
    keep([...saved.filter((each) => each.name !== name), { name, filters }]);
    setName('');
  };
  return (
    <Popover position="bottom-start" trapFocus returnFocus opened={isOpen} onChange={setOpen}>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconBookmark size={16} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {say('savedFilters')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say('savedFilters')}>
        <Stack gap="xs" w={260}>
          <Title order={3}>{say('savedFilters')}</Title>
          {saved.length === 0 && (
            <Text size="sm" c="dimmed">
              {say('savedFiltersNone')}
            </Text>
          )}
          {saved.map((each) => (
            <Group key={each.name} justify="space-between" wrap="nowrap" gap={4}>
              <Button
                variant="subtle"
                justify="flex-start"
                fullWidth
                onClick={() => {
                  use(each.filters);
                  setOpen(false);
                }}
              >
                {each.name}
              </Button>
              <ActionIcon
                aria-label={say('remove', { name: each.name })}
                onClick={() => keep(saved.filter((other) => other !== each))}
              >
                <IconX size={14} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <form onSubmit={save}>
            <Group gap="xs" align="flex-end" wrap="nowrap">
              <TextInput
                label={say('saveFilters')}
                placeholder={say('filterName')}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                required
                maxLength={40}
              />
              <Button type="submit" variant="default">
                {say('save')}
              </Button>
            </Group>
          </form>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
