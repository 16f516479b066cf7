import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { one } from '../../../api/queries.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Count } from '../../../parts/number.tsx';
import { tellDone, tellFault } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { useDraftOf } from '../use-draft-of.ts';
import { accepting, isChoice, placeOf } from './accepting.ts';
import classes from './drill.module.css';
import type { LanguageReport, PromptReport } from './report-rows.ts';
import { drillPageTexts } from './texts.ts';

/** What people answered instead, grouped by likeness; each can be made right, in a draft that is opened for it. */
export function WrongAnswers({ report, slug }: { slug: string; report: LanguageReport }) {
  const say = useTexts(drillPageTexts);
  const found = report.prompts.filter(({ wrong }) => wrong > 0);
  if (found.length === 0) return <Text c="dimmed">{say('noWrong')}</Text>;
  return (
    <div className={classes.wrong}>
      {found.map((prompt) => (
        <OfPrompt key={prompt.prompt} {...{ prompt, slug }} language={report.language} />
      ))}
    </div>
  );
}

function OfPrompt({ language, prompt, slug }: { slug: string; prompt: PromptReport; language: string }) {
  const say = useTexts(drillPageTexts);
  const navigate = useNavigate();
  const { change, error, isBeginning } = useDraftOf(slug);
  const [asked, setAsked] = useState<string | null>(null);
  const { otherWrongAnswers, prompt: name, wrong, wrongAnswers } = prompt;
  const drill = useQuery(one('/v1/drills/{slug}', { path: { slug } })).data;
  const choices = drill?.prompts.find((each) => each.slug === name)?.options?.[language] ?? [];
  const accept = async (answer: string): Promise<void> => {
    setAsked(answer);
    let place: number | null = null;
    const isDone = await change((draft) => {
      place = placeOf(draft, name);
      return accepting(draft, { prompt: name, language, answer });
    });
    if (!isDone) return;
    if (place === null) {
      void tellFault(say('noPromptNow', { prompt: name }), say('noPromptNowHint'));
      return;
    }
    void tellDone(say('accepted', { answer }));
    void navigate({
      to: '/drills/drill/$slug/edit',
      params: { slug },
      search: { language },
      hash: `prompt-${place + 1}`,
    });
  };
  return (
    <section className={classes.wrongPrompt} aria-label={name}>
      <header className={classes.differenceHead}>
        <Text fw={500}>{name}</Text>
        <Text size="sm" c="dimmed">
          {say('wrongCount', { count: wrong })}
        </Text>
      </header>
      {error !== null && <FaultBox error={error} />}
      <ul className={classes.groups}>
        {wrongAnswers.map(({ answers, count, example }) => (
          <li key={example} className={classes.group}>
            <span
              className={classes.groupBar}
              style={{ inlineSize: `${(count / wrong) * 100}%` }}
              aria-hidden
            />
            <span className={classes.groupText}>
              <span className={classes.groupExample}>{example}</span>
              {answers > 1 && (
                <Text span size="xs" c="dimmed">
                  {say('spellings', { count: answers })}
                </Text>
              )}
            </span>
            <Count of={count} />
            {isChoice(example, choices) ? (
              <Text size="xs" c="dimmed">
                {say('isChoice')}
              </Text>
            ) : (
              <Action
                needs="operator"
                size="compact-xs"
                variant="default"
                loading={isBeginning && asked === example}
                aria-label={say('acceptNamed', { answer: example })}
                does={() => void accept(example)}
              >
                {say('accept')}
              </Action>
            )}
          </li>
        ))}
        {otherWrongAnswers > 0 && (
          <li className={classes.group}>
            <span className={classes.groupText}>
              <Text span size="sm" c="dimmed">
                {say('otherWrong')}
              </Text>
            </span>
            <Count of={otherWrongAnswers} />
          </li>
        )}
      </ul>
    </section>
  );
}
