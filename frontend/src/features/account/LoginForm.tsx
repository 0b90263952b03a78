import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { loginMutation, meQueryKey } from '@/api/@tanstack/react-query.gen';
import { messageOf } from '@/lib/errors';

export function LoginForm({ onSignedIn }: { onSignedIn: () => void }) {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (email) => (email.includes('@') ? null : 'Enter the e-mail address of your account.'),
      password: (password) => (password ? null : 'Enter your password.'),
    },
  });
  const login = useMutation({
    ...loginMutation(),
    onSuccess: (user) => {
      queries.setQueryData(meQueryKey(), user);
      onSignedIn();
    },
  });
  return (
    <Paper withBorder p="xl" w="100%" maw={360}>
      <form onSubmit={form.onSubmit((body) => login.mutate({ body }))}>
        <Stack gap="md">
          <Title order={1}>Heedful</Title>
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          {login.isError && (
            <Text size="sm" c="var(--bad)" role="alert">
              {messageOf(login.error)}
            </Text>
          )}
          <Button type="submit" size="sm" loading={login.isPending}>
            Log in
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
