import { Button, Code, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { startCollectorMutation } from '@/api/@tanstack/react-query.gen';
import type { WeakLabelsOut, WeakSourceOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { SourceTerms } from './TableForm';

interface Values {
  name: string;
  /** Percent. */
  claimed_accuracy: number;
  /** One address a line. */
  pages: string;
  picture: string;
  label: string;
  /** A pattern a class, in the order of the classes; empty: the class's own name. */
  rules: string[];
}

/** Pages become pictures of the pool, and what they say of them weak labels. */
export function CollectorForm({ projectId, weak }: { projectId: number; weak: WeakLabelsOut }) {
  const form = useForm<Values>({
    initialValues: {
      name: '',
      claimed_accuracy: 70,
      pages: '',
      picture: 'meta:og:image',
      label: 'meta:keywords',
      rules: weak.classes.map(() => ''),
    },
    validate: {
      name: (name) => (name.trim() ? null : 'Name the source.'),
      pages: (pages) => (pages.trim() ? null : 'Name at least one page.'),
    },
  });
  const { onSuccess } = useProjectAction((source: WeakSourceOut) => `${source.name} is being collected.`);
  const start = useMutation({
    ...startCollectorMutation(),
    onSuccess: (source) => {
      form.reset();
      return onSuccess(source);
    },
    onError: (error) =>
      form.setFieldError(fieldOf<keyof Values>(error, form.values, 'pages'), messageOf(error)),
  });
  const submit = form.onSubmit(({ pages, rules, claimed_accuracy: percent, ...values }) => {
    const patterns = weak.classes.map((one, place) => ({
      class_name: one.name,
      pattern: rules[place]?.trim() ?? '',
    }));
    start.mutate({
      path: { project_id: projectId },
      body: {
        ...values,
        claimed_accuracy: percent / 100,
        pages: pages.split('\n').filter((page) => page.trim()),
        rules: patterns.filter(({ pattern }) => pattern),
      },
    });
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Pictures of the named pages join the pool, with the page’s metadata; what the page says labels them
          weakly. Each site’s robots.txt is obeyed, with a pause between two requests. Whether you may use the
          pictures is for you to know.
        </Text>
        <Textarea
          label="Pages"
          description="One address a line."
          placeholder="https://museum.example/portraits/1"
          autosize
          minRows={3}
          maxRows={12}
          {...form.getInputProps('pages')}
        />
        <Group grow align="flex-start">
          <TextInput label="The picture is in" {...form.getInputProps('picture')} />
          <TextInput label="Its class is said in" {...form.getInputProps('label')} />
        </Group>
        <Text size="xs" c="dimmed">
          <Code>meta:og:image</Code> a meta tag, <Code>title</Code>, <Code>img@src</Code> an attribute of
          every such tag, or <Code>regex:(…)</Code> over the page’s source.
        </Text>
        {weak.classes.map((one, place) => (
          <TextInput
            key={one.id}
            label={
              <>
                Means <ClassName of={one} /> where it matches
              </>
            }
            placeholder={one.name}
            description={
              place === 0 ? 'A regular expression; empty: where it says the class’s very name.' : undefined
            }
            {...form.getInputProps(`rules.${place}`)}
          />
        ))}
        {form.errors.rules && (
          <Text size="xs" c="var(--bad)" role="alert">
            {form.errors.rules}
          </Text>
        )}
        <SourceTerms form={form} />
        <Button type="submit" loading={start.isPending} style={{ alignSelf: 'flex-start' }}>
          Collect
        </Button>
      </Stack>
    </form>
  );
}
