import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { useTexts } from '../../../texts/language.tsx';
import { CallMessage } from './call-message.tsx';
import { LadderMessage } from './ladder.tsx';
import { SectionForm } from './section-form.tsx';
import { TextMessage } from './text-message.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFilled } from './use-draft.ts';

/** What is said: a text, a call, steps of both, or the lesson that begins. */
export function MessageSection() {
  const { campaign } = useDraft();
  if (campaign.type === 'drill') return <Lesson />;
  if (campaign.type === 'hybrid') return <LadderMessage />;
  return campaign.type === 'voice' ? <CallMessage /> : <TextMessage />;
}

function Lesson() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const programmes = useQuery(one('/v1/programmes', { query: { limit: PAGE_ROWS } })).data?.items ?? [];
  const { drill } = campaign.definition;
  const form = useFilled('message', {
    programme: drill?.programme ?? null,
    drill: drill?.drill ?? null,
  });
  const { fill, value: filled } = form;
  const drills = programmes.find(({ slug }) => slug === filled.programme)?.drills ?? [];
  return (
    <SectionForm
      section="message"
      form={form}
      change={() => ({
        definition: {
          drill:
            filled.programme === null || filled.drill === null
              ? null
              : { programme: filled.programme, drill: filled.drill },
        },
      })}
    >
      <Select
        label={say('programme')}
        maw={480}
        data={programmes.map(({ name, slug }) => ({ value: slug, label: name }))}
        value={filled.programme}
        onChange={(programme) => fill({ programme, drill: null })}
      />
      <Select
        label={say('drill')}
        description={say('drillHint')}
        maw={480}
        data={[...drills]}
        value={filled.drill}
        onChange={(chosen) => fill({ drill: chosen })}
      />
    </SectionForm>
  );
}
