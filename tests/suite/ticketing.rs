//! A model that was generated from documentation pages, used with the sandbox.

use serde_json::json;
use truto_core::{Filter, OrRaw};
use truto_examples::ticketing::{
    Comment, CreateTicket, CreateTicketAssignee, CreateTicketPriority, ListComments, ListTickets,
    Ticket, TicketPriority, TicketType, UpdateTicket, UpdateTicketPriority,
};
use truto_sandbox::Sandbox;

#[tokio::test]
async fn a_model_generated_from_documentation_pages_works() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let account = sandbox.account();
    let new = CreateTicket {
        priority: Some(CreateTicketPriority::High.into()),
        assignees: Some(vec![CreateTicketAssignee { id: Some(7.into()), name: None }]),
        due_date: Some("2026-12-24".parse::<jiff::civil::Date>().expect("a date").into()),
        ..CreateTicket::new("The printer burns")
    };
    let ticket = Ticket::create(&new).send(&account).await.expect("a ticket");
    let sent = sandbox.requests();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&sent[0].body).expect("JSON"),
        json!({"name": "The printer burns", "priority": "high", "assignees": [{"id": "7"}], "due_date": "2026-12-24"})
    );
    let update = UpdateTicket {
        priority: OrRaw::from(UpdateTicketPriority::Low).into(),
        ..UpdateTicket::default()
    };
    Ticket::update(&ticket.id, &update).send(&account).await.expect("an update");
    sandbox.insert(
        "ticketing",
        "tickets",
        json!({"id": 9, "priority": {"rank": 1}, "ticket_type": "bug", "created_at": "yesterday",
               "attachments": [{"any": [1]}]}),
    );
    let tickets = Ticket::list(&ListTickets::default()).all(&account).await.expect("a list");
    assert_eq!(tickets.len(), 2);
    assert!(tickets[0].priority.as_ref().is_some_and(|priority| priority.is(&TicketPriority::Low)));
    assert_eq!(tickets[1].id, "9");
    assert!(matches!(tickets[1].ticket_type, Some(OrRaw::Known(TicketType::Bug))));
    let odd = tickets[1].created_at.as_ref().and_then(OrRaw::raw).expect("kept");
    assert_eq!(odd.get(), r#""yesterday""#);

    let recent = ListTickets {
        created_at: Some(Filter::gte("2026-01-01T00:00:00Z".parse().expect("a time"))),
        ..ListTickets::default()
    };
    assert_eq!(
        Ticket::list(&recent).query_string(),
        "created_at%5Bgte%5D=2026-01-01T00%3A00%3A00Z"
    );

    sandbox.insert(
        "ticketing",
        "comments",
        json!({"id": "c", "ticket_id": "9", "body": "Ours, too."}),
    );
    let comments = Comment::list(&ListComments::new("9")).all(&account).await.expect("a list");
    assert_eq!(comments[0].body.as_deref(), Some("Ours, too."));
    assert!(Ticket::delete(&ticket.id).send(&account).await.is_ok());
}
