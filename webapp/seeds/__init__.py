"""What plainly fictional people and organisations ask and write: enquiries for a first look at the desk, a sample of
every email, and the texts of the component page."""
