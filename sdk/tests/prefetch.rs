//! Pages that are asked for before their items are wanted.
#![allow(missing_docs)]

#[path = "support/lists.rs"]
mod lists;
mod support;

use bitbucket_cloud::ext::pagination::PageToken;
use lists::{all, number, page, pages, short};
use support::Server;

/// Five pages of two items each.
fn five() -> Vec<String> {
    let values = ["1, 2", "3, 4", "5, 6", "7, 8", "9, 10"];
    (1..=5).map(|at| page(at, 10, values[at - 1], (at < 5).then_some(at + 1))).collect()
}

/// Waits until these pages have been asked for, and a moment more, in which no other may be. Gives them in their order.
async fn settled(server: &Server, expected: &[usize]) -> Vec<usize> {
    let asked = || {
        let mut asked: Vec<_> = server.seen().iter().map(number).collect();
        asked.sort_unstable();
        asked
    };
    for _ in 0..500 {
        if asked() == expected {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    asked()
}

#[tokio::test]
async fn pages_are_asked_for_ahead_as_far_as_is_wanted() {
    let bodies = five();
    let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
    for (prefetch, limit, ahead) in [
        (0, 100, &[1][..]),
        (1, 100, &[1, 2]),
        (2, 100, &[1, 2, 3]),
        (9, 100, &[1, 2, 3, 4, 5]),
        (9, 2, &[1]),
        (9, 3, &[1, 2]),
        (9, 6, &[1, 2, 3]),
    ] {
        let server = pages(&bodies).await;
        let mut items = all(&server).prefetch(prefetch).limit(limit).items();
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        assert_eq!(settled(&server, ahead).await, ahead, "{prefetch} {limit}");
        let mut came = 1;
        while let Some(item) = items.next().await {
            came += 1;
            assert_eq!(item.unwrap(), came);
        }
        assert_eq!(u64::from(came), limit.min(10));
        let pages: Vec<_> = (1..=usize::from(came).div_ceil(2)).collect();
        assert_eq!(settled(&server, &pages).await, pages, "{prefetch} {limit}");
    }
}

#[tokio::test]
async fn a_wrong_guess_gives_nothing() {
    // The link of the second page leads to the fourth.
    let mut bodies = five();
    bodies[1] = page(2, 10, "3, 4", Some(4));
    let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
    let server = pages(&bodies).await;
    assert_eq!(all(&server).prefetch(2).allow_fewer().collect_all().await.unwrap(), [1, 2, 3, 4, 7, 8, 9, 10]);
    assert_eq!(settled(&server, &[1, 2, 3, 4, 5, 6]).await, [1, 2, 3, 4, 5, 6]);
    // Nothing is asked for after the end.
    let server = pages(&[r#"{"page": 1, "pagelen": 10, "size": 3, "values": [1, 2]}"#, r#"{"values": []}"#]).await;
    short(&server, all(&server).prefetch(3), &[1, 2], "2 of 3 items", &[1, 2]).await;
    assert_eq!(settled(&server, &[1, 2]).await, [1, 2]);
}

#[tokio::test]
async fn nothing_is_asked_for_ahead_where_the_list_ends_short() {
    let token: PageToken = serde_json::from_str(r#"{"next": "/2.0/l?page=2", "before": 2}"#).unwrap();
    let server = pages(&[r#"{"size": 9, "values": [3, 4]}"#]).await;
    let mut items = all(&server).prefetch(3).resume_from(&token).items();
    assert_eq!(items.next().await.unwrap().unwrap(), 3);
    assert_eq!(settled(&server, &[2]).await, [2]);
    assert_eq!(items.next().await.unwrap().unwrap(), 4);
    assert!(items.next().await.unwrap().unwrap_err().to_string().contains("4 of 9 items"));
}
