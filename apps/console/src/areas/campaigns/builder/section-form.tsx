import { Button, Group, List, Stack, Text } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { codeOf } from '../../../api/problem.ts';
import { useMay } from '../../../app/me.ts';
import { shellTexts } from '../../../app/texts.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import type { Fields } from '../../../parts/kept-fields.ts';
import { Notice } from '../../../parts/notice.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { type Section, sectionOf } from './sections.ts';
import { builderTexts } from './texts.ts';
import { type SectionChange, useDraft, type useFilled, useSave } from './use-draft.ts';

/** A section: what is filled in, what of it blocks the start, and saving. */
export function SectionForm<Value extends Fields>({
  change,
  children,
  form,
  isNew = false,
  section,
}: {
  section: Section;
  form: ReturnType<typeof useFilled<Value>>;
  /** What is saved. */
  change: () => SectionChange;
  /** Nothing of it was ever saved: it can be as it is. */
  isNew?: boolean;
  children: ReactNode;
}) {
  const say = useTexts(builderTexts);
  const shell = useTexts(shellTexts);
  const may = useMay('operator');
  const { campaign, check } = useDraft();
  const faults = (check?.faults ?? []).filter(({ pointer }) => sectionOf(pointer, campaign.type) === section);
  const saving = useSave();
  const isChanged = form.isChanged || isNew;
  const save = (): void => saving.save(change(), () => form.done(form.value));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save();
  };
  return (
    <form onSubmit={submit} aria-label={say(section)}>
      <Stack gap="md">
        {form.isOvertaken && (
          <Notice tone="held" title={say('overtaken')}>
            <Text size="sm">{say('overtakenHint')}</Text>
          </Notice>
        )}
        {faults.length > 0 && !isChanged && (
          <Notice tone="held" title={say('blocks')}>
            <List size="sm">
              {faults.map(({ detail, pointer }) => (
                <List.Item key={`${pointer} ${detail}`}>
                  {say('fault', { where: whereOf(pointer), detail })}
                </List.Item>
              ))}
            </List>
          </Notice>
        )}
        {children}
        {saving.error && (
          <FaultBox
            error={saving.error}
            again={codeOf(saving.error) === 'changed_meanwhile' ? saving.readAgain : save}
          />
        )}
        <Group gap="sm">
          <Button type="submit" loading={saving.isSaving} disabled={!isChanged || !may}>
            {say('save')}
          </Button>
          {form.isChanged && (
            <Button variant="subtle" color="gray" onClick={form.giveUp}>
              {say('giveUpChanges')}
            </Button>
          )}
          <Text size="sm" c="dimmed" role="status">
            {may ? say(isChanged ? 'notSaved' : 'isSaved') : shell('takesRole_operator')}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

/** Of a pointer what people can tell: "variants 1 · bodies · en". */
const whereOf = (pointer: string): string =>
  pointer
    .replace(/^\/definition\//, '/')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part))
    .join(' ');
