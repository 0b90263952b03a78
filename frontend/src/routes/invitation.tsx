import { Button, Center, Container } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { getInvitationOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { InvitationForm } from '@/features/account/InvitationForm';
import { isTransient, messageOf } from '@/lib/errors';

const route = getRouteApi('/invitation/$token');

/** For whoever holds the link, with or without an account. */
export function InvitationPage() {
  const { token } = route.useParams();
  const router = useRouter();
  const invitation = useQuery({ ...getInvitationOptions({ path: { token } }), staleTime: Infinity });
  return (
    <Center component="main" mih="100dvh" p="md">
      {invitation.isPending && (
        <Container w={400}>
          <Skeletons heights={[380]} />
        </Container>
      )}
      {invitation.isError && !invitation.data && (
        <Refused error={invitation.error} onRetry={() => invitation.refetch()} />
      )}
      {invitation.data && (
        <InvitationForm
          token={token}
          invitation={invitation.data}
          onAccepted={() => router.navigate({ to: '/projects' })}
        />
      )}
    </Center>
  );
}

function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (isTransient(error)) return <ErrorNotice error={error} onRetry={onRetry} />;
  return (
    <EmptyState
      title="This invitation cannot be used"
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/login" {...props} />}>
          Log in
        </Button>
      }
    >
      {messageOf(error)}
    </EmptyState>
  );
}
