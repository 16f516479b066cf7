import {
  Button,
  Checkbox,
  CloseButton,
  FileButton,
  Group,
  Stack,
  Table,
  Text,
  Textarea,
} from '@mantine/core';
import { IconFiles } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContentImport, ImportedContent } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page, Section } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { tellFault } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { contentBecame, contentKind } from '../../../words/drills.ts';
import classes from './list.module.css';
import { listTexts } from './texts.ts';

type Given = ContentImport['files'][number];

/** What the API takes of one file, in characters. */
const LONGEST = 500_000;

/** Drills and programmes come in as files. Faults name their file and line. */
export function ImportContent() {
  const say = useTexts(listTexts);
  const [files, setFiles] = useState<readonly Given[]>([]);
  const [publish, setPublish] = useState(false);
  const [replaceDrafts, setReplaceDrafts] = useState(false);
  const [reason, setReason] = useState('');
  const [became, setBecame] = useState<ImportedContent | null>(null);
  const take = useChange('post', '/v1/content-imports', {
    touches: ['/v1/drill-drafts', '/v1/drills', '/v1/programmes'],
    onDone: (answer) => {
      setBecame(answer);
      setFiles([]);
    },
  });
  const add = async (chosen: File[]): Promise<void> => {
    const read = await Promise.all(
      chosen.map(async (file) => ({ name: file.name, text: await file.text() })),
    );
    const tooLong = read.find(({ text }) => text.length > LONGEST);
    if (tooLong !== undefined) void tellFault(say('importTitle'), say('tooLong', { name: tooLong.name }));
    const fit = read.filter(({ text }) => text.length <= LONGEST);
    take.reset();
    setFiles((before) => [...before.filter(({ name }) => !fit.some((file) => file.name === name)), ...fit]);
  };
  const send = (): void =>
    take.mutate({
      body: {
        files: [...files],
        publish,
        replaceDrafts,
        ...(publish && reason.trim() !== '' ? { overrideReason: reason.trim() } : {}),
      },
    });
  return (
    <Page title={say('importTitle')} state={say('importState')} wide={false}>
      <Stack gap="md">
        <div>
          <FileButton multiple accept=".yaml,.yml,application/yaml" onChange={(chosen) => void add(chosen)}>
            {(parts) => (
              <Button {...parts} variant="default" leftSection={<IconFiles size={16} aria-hidden />}>
                {say('chooseFiles')}
              </Button>
            )}
          </FileButton>
          <Text size="xs" c="dimmed" mt={4}>
            {say('dropHint')} {say('downloadAll')}
          </Text>
        </div>
        {files.length > 0 && (
          <Stack gap={6}>
            <Text size="sm" fw={500}>
              {say('files', { count: files.length })}
            </Text>
            {files.map(({ name }) => (
              <Group key={name} justify="space-between" wrap="nowrap" className={classes.file}>
                <Text size="sm">{name}</Text>
                <CloseButton
                  size="sm"
                  aria-label={say('removeFile', { name })}
                  onClick={() => setFiles((before) => before.filter((file) => file.name !== name))}
                />
              </Group>
            ))}
          </Stack>
        )}
        <Checkbox
          label={say('publishThem')}
          description={say('publishThemHint')}
          checked={publish}
          onChange={(event) => setPublish(event.currentTarget.checked)}
        />
        <Checkbox
          label={say('replaceDrafts')}
          description={say('replaceDraftsHint')}
          checked={replaceDrafts}
          onChange={(event) => setReplaceDrafts(event.currentTarget.checked)}
        />
        {publish && (
          <Textarea
            label={say('reason')}
            description={say('reasonHint')}
            autosize
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {take.error && <FaultBox error={take.error} />}
        <Group>
          <Action
            needs="admin"
            loading={take.isPending}
            whyNot={files.length === 0 ? say('chooseFirst') : undefined}
            does={send}
          >
            {say('importDo')}
          </Action>
        </Group>
        {became !== null && <Became of={became} />}
      </Stack>
    </Page>
  );
}

function Became({ of: { items } }: { of: ImportedContent }) {
  const say = useTexts(listTexts);
  return (
    <Section title={say('importDone')}>
      <Table withRowBorders aria-label={say('importDone')}>
        <Table.Tbody>
          {items.map(({ became, kind, slug, version }) => (
            <Table.Tr key={`${kind} ${slug}`}>
              <Table.Td>
                <Status words={contentKind} of={kind} plain />
              </Table.Td>
              <Table.Td>{slug}</Table.Td>
              <Table.Td>
                <Status words={contentBecame} of={became} />
              </Table.Td>
              <Table.Td>{version !== null && say('version', { version })}</Table.Td>
              <Table.Td>
                {became !== 'left' && (
                  <Link
                    to={
                      kind === 'programme'
                        ? '/drills/programmes/$slug'
                        : became === 'draft'
                          ? '/drills/drill/$slug/edit'
                          : '/drills/drill/$slug'
                    }
                    params={{ slug }}
                  >
                    {say('openDrill')}
                  </Link>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
