//! Forwarded requests.

use tokio::sync::oneshot;

use super::*;

fn answer_with(status: u16, body: Vec<u8>) -> RawResponse {
    RawResponse { status, headers: vec![("content-type", "text/plain".to_owned())], body: Zeroizing::new(body) }
}

/// Answers 200 with the request's body.
fn echo(process: &Process) {
    on_request(process, |request| Box::pin(async move { answer_with(200, request.body.to_vec()) }));
}

fn on_request(process: &Process, answer: impl Fn(RawRequest) -> Answering<RawResponse> + Send + Sync + 'static) {
    *process.host.on_request.lock().unwrap() = Some(Box::new(answer));
}

async fn forward(process: &Process, body: Vec<u8>) -> Result<RawResponse, LinkError> {
    process.links.forward(&region("eu-west-1"), &region("us-east-1"), request(body)).await
}

#[tokio::test]
async fn a_request_arrives_untouched() {
    let (one, other) = connected_pair(settings()).await;
    on_request(&other, |arrived| {
        let sent = request(b"body".to_vec());
        assert_eq!((&arrived.method, &arrived.path, &arrived.query), (&sent.method, &sent.path, &sent.query));
        assert_eq!((&arrived.headers, &arrived.body, &arrived.id), (&sent.headers, &sent.body, &sent.id));
        assert_eq!((arrived.peer, arrived.secure), (sent.peer, sent.secure));
        Box::pin(async { answer_with(400, b"answer".to_vec()) })
    });
    let answer = forward(&one, b"body".to_vec()).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (400, b"answer".as_slice()));
    assert_eq!(answer.headers, [("content-type", "text/plain".to_owned())]);
    assert_eq!(one.status("eu-west-1", "us-east-1").traffic.forwards_out, 1);
    assert_eq!(other.status("us-east-1", "eu-west-1").traffic.forwards_in, 1);
}

#[tokio::test]
async fn large_bodies_in_parallel_while_frames_flow() {
    let mut patient = settings();
    // Both processes run on one thread here, in a build without optimisation.
    patient.silence_max = Duration::from_secs(20);
    let (one, other) = connected_pair(patient).await;
    echo(&other);
    let frame = vec![7; 1_000_000];
    for _ in 0..8 {
        assert_eq!(one.send("eu-west-1", "us-east-1", frame.clone()), Sent::Queued);
    }
    let bodies: Vec<Vec<u8>> = (0..16_u8).map(|n| vec![n; 400_000 + usize::from(n)]).collect();
    let mut answers = Vec::new();
    let one = Arc::new(one);
    for body in &bodies {
        let (one, body) = (one.clone(), body.clone());
        answers.push(tokio::spawn(async move { forward(&one, body).await }));
    }
    for (answer, body) in answers.into_iter().zip(&bodies) {
        let answer = answer.await.unwrap();
        let why = || (one.last_error("eu-west-1", "us-east-1"), other.last_error("us-east-1", "eu-west-1"));
        assert!(answer.as_ref().is_ok_and(|answer| answer.body.as_slice() == body), "{:?} {:?}", answer.err(), why());
    }
    eventually("all frames", || other.host.frames().len() == 8).await;
    assert!(other.host.frames().iter().all(|(_, _, arrived)| *arrived == frame));
}

#[tokio::test]
async fn without_a_connection_nothing_is_sent() {
    let one = process();
    one.add("eu-west-1", 1);
    let error = forward(&one, vec![]).await.err().unwrap();
    assert!(matches!(error, LinkError::NotAPeer { .. }) && !error.may_have_run());
    one.set_peers("eu-west-1", vec![peer("us-east-1", 2, &[])]);
    let error = forward(&one, vec![]).await.err().unwrap();
    assert!(error == LinkError::NotConnected(region("us-east-1")) && !error.may_have_run());
}

#[tokio::test]
async fn a_request_has_limits_of_size_number_and_time() {
    let mut limited = settings();
    (limited.forwards_max, limited.exchange_bytes_max) = (2, 10_000);
    limited.forward_timeout = Duration::from_millis(300);
    let (one, other) = connected_pair(limited).await;
    on_request(&other, |_| Box::pin(std::future::pending()));
    let error = forward(&one, vec![0; 10_000]).await.err().unwrap();
    assert_eq!(error, LinkError::TooLarge(region("us-east-1")));
    let (first, second, third) = tokio::join!(forward(&one, vec![]), forward(&one, vec![]), forward(&one, vec![]));
    assert_eq!(third.err(), Some(LinkError::Busy(region("us-east-1"))));
    let late = LinkError::TimedOut(region("us-east-1"), Duration::from_millis(300));
    assert!(late.may_have_run());
    assert_eq!((first.err(), second.err()), (Some(late.clone()), Some(late)));
    // The peer still answers the two, and says that it takes no more.
    let error = forward(&one, vec![]).await.err().unwrap();
    assert!(error == LinkError::Busy(region("us-east-1")) && !error.may_have_run());
}

#[tokio::test]
async fn an_answer_over_the_limit_is_a_failure() {
    let mut limited = settings();
    limited.exchange_bytes_max = 10_000;
    let (one, other) = connected_pair(limited).await;
    on_request(&other, |_| Box::pin(async { answer_with(200, vec![0; 20_000]) }));
    let error = forward(&one, vec![]).await.err().unwrap();
    assert!(error == LinkError::Failed(region("us-east-1")) && error.may_have_run());
}

#[tokio::test]
async fn a_panic_of_the_handler_is_a_failure_of_one_request() {
    // The report of the panic, with symbols, may take longer than the silence of other tests.
    let (one, other) = connected_pair(LinkSettings { silence_max: Duration::from_secs(60), ..settings() }).await;
    on_request(&other, |request| {
        Box::pin(async move {
            assert!(!request.body.is_empty(), "the panic of this test");
            answer_with(200, vec![])
        })
    });
    assert_eq!(forward(&one, vec![]).await.err(), Some(LinkError::Failed(region("us-east-1"))));
    assert_eq!(forward(&one, vec![1]).await.unwrap().status, 200);
}

#[tokio::test]
async fn the_end_of_the_connection_leaves_the_answer_unknown_and_the_handler_running() {
    let (one, other) = connected_pair(settings()).await;
    let (begun, has_begun) = oneshot::channel();
    let (finish, to_finish) = oneshot::channel::<()>();
    let (ended, has_ended) = oneshot::channel();
    let parts = Mutex::new(Some((begun, to_finish, ended)));
    on_request(&other, move |_| {
        let (begun, to_finish, ended) = parts.lock().unwrap().take().unwrap();
        Box::pin(async move {
            begun.send(()).unwrap();
            let _ = to_finish.await;
            ended.send(()).unwrap();
            answer_with(200, vec![])
        })
    });
    let one = Arc::new(one);
    let asking = tokio::spawn({
        let one = one.clone();
        async move { forward(&one, vec![]).await }
    });
    has_begun.await.unwrap();
    other.set_peers("us-east-1", vec![]);
    let error = asking.await.unwrap().err().unwrap();
    assert!(error == LinkError::AnswerLost(region("us-east-1")) && error.may_have_run());
    finish.send(()).unwrap();
    has_ended.await.unwrap();
}

#[tokio::test]
async fn a_caller_that_gives_up_leaves_nothing_behind() {
    let (one, other) = connected_pair(settings()).await;
    on_request(&other, |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer_with(200, vec![])
        })
    });
    assert!(tokio::time::timeout(Duration::from_millis(20), forward(&one, vec![])).await.is_err());
    // The late answer to the first finds nobody; the second gets its own.
    assert_eq!(forward(&one, vec![]).await.unwrap().status, 200);
}
