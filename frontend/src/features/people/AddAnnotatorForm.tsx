import { Button, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { addAnnotatorMutation } from '@/api/@tanstack/react-query.gen';
import type { AnnotatorOut, TierOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';

interface AddAnnotatorFormProps {
  projectId: number;
  tiers: TierOut[];
  onDone: () => void;
}

/** Binds an address of Label Studio to a tier, without an account here. */
export function AddAnnotatorForm({ projectId, tiers, onDone }: AddAnnotatorFormProps) {
  const form = useForm<{ email: string; tier_id: string | null }>({
    initialValues: { email: '', tier_id: null },
    validate: {
      email: (email) => (email.includes('@') ? null : 'Enter the address under which they answer.'),
      tier_id: (tier) => (tier ? null : 'Choose their tier.'),
    },
  });
  const { onSuccess } = useProjectAction((one: AnnotatorOut) => `${one.email} is in the ${one.tier} tier.`);
  const add = useMutation({
    ...addAnnotatorMutation(),
    onSuccess: (one) => {
      onDone();
      return onSuccess(one);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'email'), messageOf(error)),
  });
  const submit = form.onSubmit(({ email, tier_id }) =>
    add.mutate({ path: { project_id: projectId }, body: { email, tier_id: Number(tier_id) } }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          They get no account here and see no page of Heedful. Their answers are charged at the tier’s rate.
        </Text>
        <TextInput
          label="E-mail in Label Studio"
          type="email"
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <Select
          label="Tier"
          data={tiers.map((tier) => ({ value: String(tier.id), label: tier.kind }))}
          {...form.getInputProps('tier_id')}
        />
        <Button type="submit" size="sm" loading={add.isPending}>
          Add the annotator
        </Button>
      </Stack>
    </form>
  );
}
