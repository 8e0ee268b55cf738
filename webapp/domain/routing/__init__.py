"""Who answers an enquiry today: its assignee, the network's people, or their cover while they are on leave."""
