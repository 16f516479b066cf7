import { Button, Checkbox, Popover, Stack, Title } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useTexts } from '../../texts/language.tsx';
import { partTexts } from '../texts.ts';

/** Which columns of a table are shown; kept in this browser. */
export function ColumnChooser({
  columns,
  visibility,
  choose,
}: {
  columns: readonly { id: string; title: string; fixed?: true }[];
  visibility: Readonly<Record<string, boolean>>;
  choose: (visibility: Record<string, boolean>) => void;
}) {
  const say = useTexts(partTexts);
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {say('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say('columnsTitle')}>
        <Stack gap="xs">
          <Title order={3}>{say('columnsTitle')}</Title>
          {columns.map(({ fixed, id, title }) => (
            <Checkbox
              key={id}
              label={title}
              checked={visibility[id] !== false}
              disabled={fixed ?? false}
              onChange={(event) => choose({ ...visibility, [id]: event.currentTarget.checked })}
            />
          ))}
          <Button variant="default" onClick={() => choose({})}>
            {say('columnsReset')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
