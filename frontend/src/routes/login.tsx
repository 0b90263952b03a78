import { Center } from '@mantine/core';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { LoginForm } from '@/features/account/LoginForm';

const route = getRouteApi('/login');

export function LoginPage() {
  const { next } = route.useSearch();
  const router = useRouter();
  return (
    <Center component="main" mih="100dvh" p="md">
      <LoginForm onSignedIn={() => router.history.push(next ?? '/projects')} />
    </Center>
  );
}
