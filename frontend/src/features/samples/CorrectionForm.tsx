import { Button, Group, Kbd, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { correctSampleMutation, takeCorrectionBackMutation } from '@/api/@tanstack/react-query.gen';
import type { CorrectionOut, LabelClassOut, SampleDetailOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';
import { useShortcut } from '@/hooks/use-shortcut';
import { messageOf } from '@/lib/errors';
import classes from './CorrectionForm.module.css';
import { classOfKey } from './sample';

interface CorrectionFormProps {
  projectId: number;
  sample: SampleDetailOut;
  labelClasses: LabelClassOut[];
}

/** A manager's word on the label: a digit chooses the class, enter in the comment sends it. */
export function CorrectionForm({ projectId, sample, labelClasses }: CorrectionFormProps) {
  const comment = useRef<HTMLInputElement>(null);
  const form = useForm({
    initialValues: { label_class_id: '', comment: '' },
    validate: { label_class_id: (chosen) => (chosen ? null : 'Choose the class it is.') },
  });
  const { onSuccess } = useProjectAction((made: CorrectionOut) => `The label is ${made.label?.name} now.`);
  const correct = useMutation({
    ...correctSampleMutation(),
    onSuccess: (made) => {
      form.reset();
      return onSuccess(made);
    },
    onError: (error) => form.setFieldError('label_class_id', messageOf(error)),
  });
  const choose = useCallback(
    (event: KeyboardEvent) => {
      const chosen = classOfKey(event.key, labelClasses);
      if (!chosen) return;
      event.preventDefault(); // or the digit is typed into the field that gets the focus
      form.setFieldValue('label_class_id', String(chosen.id));
      comment.current?.focus();
    },
    [labelClasses, form.setFieldValue],
  );
  useShortcut(choose);
  const submit = form.onSubmit(({ label_class_id, comment: said }) =>
    correct.mutate({
      path: { project_id: projectId, sample_id: sample.id },
      body: { label_class_id: Number(label_class_id), comment: said },
    }),
  );
  return (
    <Panel title="Correct the label">
      {sample.label?.correction && (
        <Standing projectId={projectId} sample={sample} correction={sample.label.correction} />
      )}
      <form onSubmit={submit} noValidate>
        <Stack gap="xs">
          <Radio.Group aria-label="The class it is" {...form.getInputProps('label_class_id')}>
            <div className={classes.choices}>
              {labelClasses.map((one, index) => (
                <Radio
                  key={one.id}
                  value={String(one.id)}
                  label={
                    <span className={classes.choice}>
                      {index < 9 && (
                        <Kbd size="xs" visibleFrom="sm">
                          {index + 1}
                        </Kbd>
                      )}
                      <ClassName of={one} />
                    </span>
                  }
                />
              ))}
            </div>
          </Radio.Group>
          <TextInput
            ref={comment}
            label="Comment"
            placeholder="What is to be seen"
            maxLength={1000}
            {...form.getInputProps('comment')}
          />
          <Text size="xs" c="dimmed">
            It holds above all answers, which are kept and stay paid, and closes what is disputed here.
          </Text>
          <Group>
            <Button type="submit" loading={correct.isPending}>
              Correct the label
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

interface StandingProps {
  projectId: number;
  sample: SampleDetailOut;
  correction: CorrectionOut;
}

function Standing({ projectId, sample, correction }: StandingProps) {
  const takeBack = useMutation({
    ...takeCorrectionBackMutation(),
    ...useProjectAction(() => 'Taken back; the answers decide again.'),
  });
  return (
    <Group justify="space-between" gap="xs" mb="sm">
      <Text size="sm">
        Corrected <Time at={correction.at} />
      </Text>
      <Button
        variant="default"
        loading={takeBack.isPending}
        onClick={() => takeBack.mutate({ path: { project_id: projectId, sample_id: sample.id } })}
      >
        Take it back
      </Button>
    </Group>
  );
}
