"""Who answers an enquiry today: whoever has it, the network's people, or their cover while they are on leave."""
